package dev.flatness.onnx;

import dev.flatness.network.Node;
import dev.flatness.tensor.SparseMatrix;
import java.util.Arrays;

/**
 * The rows of a sparse matrix, padded to one length by entries of 0.
 *
 * @param longest the length of all rows
 * @param indices the columns of the entries
 * @param values the entries times the divisor
 * @param divisor the whole number k of a mean, whose entries are all 1/k; else 1
 */
record PaddedRows(int longest, long[] indices, double[] values, double divisor) {
  private static final int WHOLE = 1 << 24; // up to here float32 holds every whole number

  static PaddedRows of(Node node, SparseMatrix a) {
    int longest = 1;
    for (int row = 0; row < a.rows(); row++) {
      longest = Math.max(longest, a.start(row + 1) - a.start(row));
    }
    long size = (long) a.rows() * longest;
    if (size > SparseMatrix.LARGEST) {
      throw new IllegalArgumentException(
          "layer "
              + Messages.quoted(node.name())
              + " is a linear map of "
              + a.rows()
              + " rows with up to "
              + longest
              + " entries, expected a product of at most "
              + SparseMatrix.LARGEST
              + "; it cannot be written with ONNX operators");
    }
    long[] indices = new long[(int) size];
    double[] values = new double[(int) size];
    for (int row = 0; row < a.rows(); row++) {
      for (int e = a.start(row); e < a.start(row + 1); e++) {
        int at = row * longest + e - a.start(row);
        indices[at] = a.column(e);
        values[at] = a.value(e);
      }
    }
    double divisor = Math.rint(1 / values[0]);
    boolean mean = Math.abs(divisor) > 1 && Math.abs(divisor) < WHOLE;
    for (double value : values) {
      mean &= value == 1 / divisor;
    }
    if (mean) {
      Arrays.fill(values, 1);
    }
    return new PaddedRows(longest, indices, values, mean ? divisor : 1);
  }
}
