package dev.flatness.symmetry;

import java.util.Arrays;

/** A growing list of edges with coefficients A and B; node {@code nodes} is everything anchored. */
final class OrbitEdges {
  final int nodes;
  int[] tail = new int[16];
  int[] head = new int[16];
  double[] a = new double[16];
  double[] b = new double[16];
  private int size;

  OrbitEdges(int nodes) {
    this.nodes = nodes;
  }

  int size() {
    return size;
  }

  void add(int from, int to, double weight, double linear) {
    if (size == tail.length) {
      int longer = Math.addExact(size, size >> 1) + 16;
      tail = Arrays.copyOf(tail, longer);
      head = Arrays.copyOf(head, longer);
      a = Arrays.copyOf(a, longer);
      b = Arrays.copyOf(b, longer);
    }
    tail[size] = from;
    head[size] = to;
    a[size] = weight;
    b[size++] = linear;
  }

  /**
   * One edge per ordered pair of nodes, in ascending order; coefficients summed in the order given.
   */
  OrbitEdges aggregated() {
    long[] keys = new long[size];
    Arrays.setAll(keys, e -> key(e));
    long[] distinct = Arrays.stream(keys).sorted().distinct().toArray();
    OrbitEdges result = new OrbitEdges(nodes);
    for (long key : distinct) {
      result.add((int) (key / (nodes + 1L)), (int) (key % (nodes + 1L)), 0, 0);
    }
    for (int e = 0; e < size; e++) {
      int at = Arrays.binarySearch(distinct, keys[e]);
      result.a[at] += a[e];
      result.b[at] += b[e];
    }
    return result;
  }

  private long key(int e) {
    return tail[e] * (nodes + 1L) + head[e];
  }

  /**
   * The edges whose two ends lie in one component. A common shift of a component without the last
   * node changes nothing there, so that node takes the place of the component's first one.
   */
  OrbitEdges within(int[] component) {
    int[] first = new int[nodes + 2];
    Arrays.fill(first, nodes);
    for (int node = nodes - 1; node >= 0; node--) {
      first[component[node]] = component[node] == component[nodes] ? nodes : node;
    }
    OrbitEdges kept = new OrbitEdges(nodes);
    for (int e = 0; e < size; e++) {
      int root = first[component[tail[e]]];
      if (component[tail[e]] == component[head[e]]) {
        kept.add(tail[e] == root ? nodes : tail[e], head[e] == root ? nodes : head[e], a[e], b[e]);
      }
    }
    return kept;
  }

  /** Replaces every A_e by A_e 4^{k_b−k_a}. */
  void scale(int[] powers) {
    for (int e = 0; e < size; e++) {
      a[e] = Math.scalb(a[e], 2 * (powers[head[e]] - powers[tail[e]]));
    }
  }
}
