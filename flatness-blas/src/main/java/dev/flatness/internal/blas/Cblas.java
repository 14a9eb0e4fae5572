package dev.flatness.internal.blas;

/** Constants of the C interface to BLAS. */
final class Cblas {
  static final int ROW_MAJOR = 101;

  private Cblas() {}

  static int transpose(boolean trans) {
    return trans ? 112 : 111;
  }

  /** Offset of entry (row, column) of op(X) in the array that stores X. */
  static int at(boolean trans, int offset, int ld, int row, int column) {
    return trans ? offset + column * ld + row : offset + row * ld + column;
  }

  /** A leading dimension as BLAS checks it, also where a matrix has one row and Java does not. */
  static int ld(int ld) {
    return Math.max(1, ld);
  }
}
