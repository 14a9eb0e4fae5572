package dev.flatness.basispath;

import java.util.Arrays;

/**
 * Some columns ∂w/∂v of the coordinates by their non-zero entries, which stand at ascending
 * positions of θ.
 */
record Columns(int[][] positions, double[][] values) {
  /**
   * One past the last column that may follow the first within a number of entries; at least one.
   */
  int end(int first, int mostEntries) {
    int end = first + 1;
    long entries = positions[first].length;
    while (end < positions.length && entries + positions[end].length <= mostEntries) {
      entries += positions[end++].length;
    }
    return end;
  }

  int[][] positions(int from, int to) {
    return Arrays.copyOfRange(positions, from, to);
  }

  double[][] values(int from, int to) {
    return Arrays.copyOfRange(values, from, to);
  }
}
