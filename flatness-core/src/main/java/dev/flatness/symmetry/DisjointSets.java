package dev.flatness.symmetry;

import java.util.Arrays;

/** Union-find with path halving; the smallest member represents its set. */
final class DisjointSets {
  private int[] parent = new int[64];
  private int count;

  /** Adds n singletons and returns the first; the others follow. */
  int add(int n) {
    int first = count;
    int needed = Math.addExact(count, n);
    if (needed > parent.length) {
      parent =
          Arrays.copyOf(
              parent, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(2L * parent.length, needed)));
    }
    while (count < needed) {
      parent[count] = count++;
    }
    return first;
  }

  int size() {
    return count;
  }

  int find(int member) {
    int m = member;
    while (parent[m] != m) {
      parent[m] = parent[parent[m]];
      m = parent[m];
    }
    return m;
  }

  /** Joins two sets and tells whether they were apart. */
  boolean union(int a, int b) {
    int ra = find(a);
    int rb = find(b);
    parent[Math.max(ra, rb)] = Math.min(ra, rb);
    return ra != rb;
  }
}
