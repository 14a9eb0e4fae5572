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
