package dev.flatness.internal.kernels;

/** The checks every matrix product makes at its door, before any native code sees an address. */
public final class GemmArguments {
  private GemmArguments() {}

  /** Checks sizes, offsets and leading dimensions against the lengths of the three arrays. */
  public static void check(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      boolean readsFactors,
      int aLength,
      int aOffset,
      int lda,
      int bLength,
      int bOffset,
      int ldb,
      int cLength,
      int cOffset,
      int ldc) {
    if ((m | n | k) < 0) {
      throw new IllegalArgumentException(
          "matrix product: m, n and k must not be negative, got m = "
              + m
              + ", n = "
              + n
              + ", k = "
              + k);
    }
    if (readsFactors && m > 0 && n > 0 && k > 0) {
      checkMatrix("A", transA ? k : m, transA ? m : k, aLength, aOffset, lda);
      checkMatrix("B", transB ? n : k, transB ? k : n, bLength, bOffset, ldb);
    }
    if (m > 0 && n > 0) {
      checkMatrix("C", m, n, cLength, cOffset, ldc);
    }
  }

  private static void checkMatrix(
      String name, int rows, int columns, int length, int offset, int ld) {
    if (ld < columns) {
      throw new IllegalArgumentException(
          "matrix product: the leading dimension of "
              + name
              + " must be at least its row length "
              + columns
              + ", got "
              + ld);
    }
    long end = offset + (rows - 1L) * ld + columns;
    if (offset < 0 || end > length) {
      throw new IllegalArgumentException(
          "matrix product: "
              + name
              + " ("
              + rows
              + "×"
              + columns
              + ", offset "
              + offset
              + ", leading dimension "
              + ld
              + ") does not fit its array of length "
              + length);
    }
  }
}
