package dev.flatness.landscape;

import java.util.Arrays;

/**
 * The merge tree of the sublevel sets of values on a grid, as far as its leaves are concerned.
 *
 * <p>Points are added in the order of their values. A point that joins two or more components that
 * go below its value is a saddle; a component that joins there for the first time is a leaf. A
 * component of one value, as part of a plateau, joins others without being a minimum of its own, so
 * that the order of equal values does not matter.
 */
final class MergeTree {
  private final double[] values;
  private final int columns;
  private final int[] parent;

  /** Of the root of a component its least point, and whether it has joined another. */
  private final int[] lowest;

  private final boolean[] grown;
  private double sum;
  private int leaves;

  private MergeTree(double[] values, int columns) {
    this.values = values;
    this.columns = columns;
    this.parent = new int[values.length];
    this.lowest = new int[values.length];
    this.grown = new boolean[values.length];
    Arrays.fill(parent, -1);
  }

  /** The mean of value(saddle) − value(minimum) over the leaves; 0 if nothing joins. */
  static double averageLeaf(double[] values, int rows, int columns) {
    Integer[] order = new Integer[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        order[count++] = i;
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    Arrays.sort(order, 0, count, (a, b) -> Double.compare(values[a], values[b]));
    MergeTree tree = new MergeTree(values, columns);
    for (int k = 0; k < count; k++) {
      tree.add(order[k], rows);
    }
    return tree.leaves == 0 ? 0 : tree.sum / tree.leaves;
  }

  private void add(int point, int rows) {
    int row = point / columns;
    int column = point % columns;
    int[] roots = new int[4];
    int found = 0;
    found = neighbor(row > 0, point - columns, roots, found);
    found = neighbor(row + 1 < rows, point + columns, roots, found);
    found = neighbor(column > 0, point - 1, roots, found);
    found = neighbor(column + 1 < columns, point + 1, roots, found);
    parent[point] = point;
    lowest[point] = point;
    if (found == 0) {
      return;
    }
    int basins = 0;
    for (int i = 0; i < found; i++) {
      basins += isBasin(roots[i], point) ? 1 : 0;
    }
    int first = roots[0];
    for (int i = 0; i < found; i++) {
      int root = roots[i];
      if (basins > 1 && isBasin(root, point) && !grown[root]) {
        sum += values[point] - values[lowest[root]];
        leaves++;
      }
      grown[first] |= grown[root];
      if (values[lowest[root]] < values[lowest[first]]) {
        lowest[first] = lowest[root];
      }
      parent[root] = first;
    }
    parent[point] = first;
    grown[first] |= basins > 1;
  }

  private boolean isBasin(int root, int point) {
    return values[lowest[root]] < values[point];
  }

  /** Adds the component of a neighbor to the list, if it has one that is not in it. */
  private int neighbor(boolean exists, int point, int[] roots, int found) {
    if (!exists || parent[point] < 0) {
      return found;
    }
    int root = find(point);
    for (int i = 0; i < found; i++) {
      if (roots[i] == root) {
        return found;
      }
    }
    roots[found] = root;
    return found + 1;
  }

  private int find(int point) {
    int root = point;
    while (parent[root] != root) {
      root = parent[root];
    }
    int walker = point;
    while (parent[walker] != root) {
      int next = parent[walker];
      parent[walker] = root;
      walker = next;
    }
    return root;
  }
}
