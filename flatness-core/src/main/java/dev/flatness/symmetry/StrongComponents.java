package dev.flatness.symmetry;

import java.util.Arrays;

/** Tarjan's strong components, without recursion. */
final class StrongComponents {
  private final int[] start;
  private final int[] target;
  private final int nodes;

  StrongComponents(OrbitEdges edges) {
    this.nodes = edges.nodes + 1;
    this.start = new int[nodes + 1];
    for (int e = 0; e < edges.size(); e++) {
      start[edges.tail[e] + 1]++;
      start[edges.head[e] + 1] += edges.b[e] > 0 ? 1 : 0;
    }
    Arrays.parallelPrefix(start, Integer::sum);
    this.target = new int[start[nodes]];
    int[] next = start.clone();
    for (int e = 0; e < edges.size(); e++) {
      target[next[edges.tail[e]]++] = edges.head[e];
      if (edges.b[e] > 0) {
        target[next[edges.head[e]]++] = edges.tail[e];
      }
    }
  }

  /** A number per node, the same for two nodes exactly if each can be reached from the other. */
  int[] components() {
    int[] component = new int[nodes];
    int[] order = new int[nodes];
    int[] low = new int[nodes];
    int[] next = start.clone();
    int[] path = new int[nodes];
    int[] open = new int[nodes];
    int visited = 0;
    int opened = 0;
    int found = 0;
    for (int root = 0; root < nodes; root++) {
      if (order[root] > 0) {
        continue;
      }
      int depth = 0;
      path[0] = root;
      order[root] = low[root] = ++visited;
      open[opened++] = root;
      while (depth >= 0) {
        int node = path[depth];
        if (next[node] < start[node + 1]) {
          int other = target[next[node]++];
          if (order[other] == 0) {
            order[other] = low[other] = ++visited;
            open[opened++] = other;
            path[++depth] = other;
          } else if (component[other] == 0) {
            low[node] = Math.min(low[node], order[other]);
          }
        } else {
          if (low[node] == order[node]) {
            found++;
            int member;
            do {
              member = open[--opened];
              component[member] = found;
            } while (member != node);
          }
          if (--depth >= 0) {
            low[path[depth]] = Math.min(low[path[depth]], low[node]);
          }
        }
      }
    }
    return component;
  }
}
