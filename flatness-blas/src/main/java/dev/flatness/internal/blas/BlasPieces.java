package dev.flatness.internal.blas;

/**
 * Cuts a product into pieces of bounded work.
 *
 * <p>A foreign call on heap arrays keeps the garbage collector waiting until it returns; a piece
 * takes at most about two milliseconds on a processor that does 20 GFLOP/s. The cuts depend on the
 * sizes alone.
 */
final class BlasPieces {
  private static final long WORK = 40_000_000;

  /** What a piece may read or write of one matrix; bounds the buffers of providers that copy. */
  private static final long ENTRIES = 1 << 22;

  private BlasPieces() {}

  /** A product of m×k and k×n; the offsets count from the first entry of the whole. */
  interface Piece {
    void run(int row, int column, int depth, int m, int n, int k);
  }

  static void cut(int m, int n, int k, Piece piece) {
    cut(0, 0, 0, m, n, k, piece);
  }

  private static void cut(int row, int column, int depth, int m, int n, int k, Piece piece) {
    boolean fits =
        2L * m * n * k <= WORK
            && (long) m * k <= ENTRIES
            && (long) k * n <= ENTRIES
            && (long) m * n <= ENTRIES;
    if (fits) {
      piece.run(row, column, depth, m, n, k);
    } else if (n >= m && n >= k) {
      int half = half(n);
      cut(row, column, depth, m, half, k, piece);
      cut(row, column + half, depth, m, n - half, k, piece);
    } else if (m >= k) {
      int half = half(m);
      cut(row, column, depth, half, n, k, piece);
      cut(row + half, column, depth, m - half, n, k, piece);
    } else {
      int half = half(k);
      cut(row, column, depth, m, n, half, piece);
      cut(row, column, depth + half, m, n, k - half, piece);
    }
  }

  /** Half, a multiple of 16 so that no kernel meets two ragged edges. */
  private static int half(int size) {
    return (size / 2 + 15) & ~15;
  }
}
