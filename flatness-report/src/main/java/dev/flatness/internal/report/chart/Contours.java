package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.List;

/** Contour lines of values on a grid, by marching squares with the middle of a cell at its mean. */
final class Contours {
  private Contours() {}

  /**
   * Returns the pieces of the lines at a level.
   *
   * <p>Every cell is cut into four triangles at its middle, so that no cell is ambiguous. Cells
   * with a NaN have no pieces.
   *
   * @return pieces {x1, y1, x2, y2} in units of the grid's indices
   */
  static List<double[]> of(double[][] values, double level) {
    List<double[]> pieces = new ArrayList<>();
    for (int i = 0; i + 1 < values.length; i++) {
      for (int j = 0; j + 1 < values[i].length; j++) {
        double[][] corners = {
          {i, j, values[i][j]},
          {i + 1, j, values[i + 1][j]},
          {i + 1, j + 1, values[i + 1][j + 1]},
          {i, j + 1, values[i][j + 1]}
        };
        double mean = (corners[0][2] + corners[1][2] + corners[2][2] + corners[3][2]) / 4;
        if (Double.isNaN(mean) || onOneSide(corners, level)) {
          continue;
        }
        double[] middle = {i + 0.5, j + 0.5, mean};
        for (int k = 0; k < 4; k++) {
          triangle(corners[k], corners[(k + 1) % 4], middle, level, pieces);
        }
      }
    }
    return pieces;
  }

  private static boolean onOneSide(double[][] corners, double level) {
    boolean first = corners[0][2] < level;
    for (double[] corner : corners) {
      if (corner[2] < level != first) {
        return false;
      }
    }
    return true;
  }

  private static void triangle(
      double[] a, double[] b, double[] c, double level, List<double[]> pieces) {
    double[] piece = new double[4];
    int ends = crossing(a, b, level, piece, 0);
    ends = crossing(b, c, level, piece, ends);
    ends = crossing(c, a, level, piece, ends);
    if (ends == 2) {
      pieces.add(piece);
    }
  }

  private static int crossing(double[] a, double[] b, double level, double[] piece, int ends) {
    if (a[2] < level == b[2] < level) {
      return ends;
    }
    double t = (level - a[2]) / (b[2] - a[2]);
    piece[2 * ends] = a[0] + t * (b[0] - a[0]);
    piece[2 * ends + 1] = a[1] + t * (b[1] - a[1]);
    return ends + 1;
  }
}
