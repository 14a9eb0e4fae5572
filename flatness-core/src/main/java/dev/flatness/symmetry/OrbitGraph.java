package dev.flatness.symmetry;

import java.util.Arrays;

/** The edges of a problem with the edges at each class. */
final class OrbitGraph {
  final int classes;
  final OrbitEdges edges;

  /** Edges into and out of class c: {@code in[inStart[c] … inStart[c+1]]}, and so on. */
  final int[] inStart;

  final int[] in;
  final int[] outStart;
  final int[] out;

  /** β = Σ_in B − Σ_out B. */
  final double[] beta;

  OrbitGraph(OrbitEdges edges) {
    this.classes = edges.nodes;
    this.edges = edges;
    this.inStart = starts(edges, edges.head);
    this.in = incident(edges, edges.head, inStart);
    this.outStart = starts(edges, edges.tail);
    this.out = incident(edges, edges.tail, outStart);
    this.beta = new double[classes + 1];
    for (int e = 0; e < edges.size(); e++) {
      beta[edges.head[e]] += edges.b[e];
      beta[edges.tail[e]] -= edges.b[e];
    }
  }

  /**
   * A whole k per node, 0 at the last one, such that A_e 4^{k_b−k_a} are of similar size at every
   * node. A rescaling of the A_e by powers of 4 is undone to the last bit: breadth first from the
   * fixed node, each node balances against those before it.
   */
  int[] balancingPowers() {
    int[] powers = new int[classes + 1];
    boolean[] placed = new boolean[classes + 1];
    boolean[] queued = new boolean[classes + 1];
    int[] queue = new int[classes + 1];
    int filled = enqueue(classes, queue, 0, queued);
    for (int step = 0; step < filled; step++) {
      int node = queue[step];
      powers[node] = node == classes ? 0 : power(node, powers, placed);
      placed[node] = true;
      for (int i = inStart[node]; i < inStart[node + 1]; i++) {
        filled = enqueue(edges.tail[in[i]], queue, filled, queued);
      }
      for (int i = outStart[node]; i < outStart[node + 1]; i++) {
        filled = enqueue(edges.head[out[i]], queue, filled, queued);
      }
    }
    return powers;
  }

  private static int enqueue(int node, int[] queue, int filled, boolean[] queued) {
    if (queued[node]) {
      return filled;
    }
    queued[node] = true;
    queue[filled] = node;
    return filled + 1;
  }

  /** Makes P 4ᵏ and Q 4⁻ᵏ alike, sums over edges from and to placed nodes. */
  private int power(int node, int[] powers, boolean[] placed) {
    double p = 0;
    double q = 0;
    for (int i = inStart[node]; i < inStart[node + 1]; i++) {
      int tail = edges.tail[in[i]];
      p += placed[tail] ? Math.scalb(edges.a[in[i]], -2 * powers[tail]) : 0;
    }
    for (int i = outStart[node]; i < outStart[node + 1]; i++) {
      int head = edges.head[out[i]];
      q += placed[head] ? Math.scalb(edges.a[out[i]], 2 * powers[head]) : 0;
    }
    if (p > 0 && q > 0) {
      return Math.floorDiv(Math.getExponent(q) - Math.getExponent(p) + 2, 4);
    }
    return p > 0 ? -Math.floorDiv(Math.getExponent(p), 2) : Math.floorDiv(Math.getExponent(q), 2);
  }

  private static int[] starts(OrbitEdges edges, int[] end) {
    int[] start = new int[edges.nodes + 2];
    for (int e = 0; e < edges.size(); e++) {
      start[end[e] + 1]++;
    }
    Arrays.parallelPrefix(start, Integer::sum);
    return start;
  }

  private static int[] incident(OrbitEdges edges, int[] end, int[] start) {
    int[] next = start.clone();
    int[] list = new int[edges.size()];
    for (int e = 0; e < edges.size(); e++) {
      list[next[end[e]]++] = e;
    }
    return list;
  }
}
