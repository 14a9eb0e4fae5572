package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlasPiecesTest {
  @Test
  void piecesCoverEveryProductOnceAndStaySmall() {
    long[] covered = new long[1];
    BlasPieces.cut(
        700,
        900,
        800,
        (row, column, depth, m, n, k) -> {
          assertThat(2L * m * n * k).isLessThanOrEqualTo(40_000_000);
          assertThat(row + m).isLessThanOrEqualTo(700);
          assertThat(column + n).isLessThanOrEqualTo(900);
          assertThat(depth + k).isLessThanOrEqualTo(800);
          covered[0] += (long) m * n * k;
        });
    assertThat(covered[0]).isEqualTo(700L * 900 * 800);
  }

  @Test
  void theFirstPieceOfASumComesFirst() {
    int[] next = {0};
    BlasPieces.cut(
        10,
        10,
        5_000_000,
        (row, column, depth, m, n, k) -> {
          assertThat(depth).isEqualTo(next[0]);
          next[0] += k;
        });
    assertThat(next[0]).isEqualTo(5_000_000);
  }

  @Test
  void productsInPiecesAgreeWithThePlainOne() {
    agree(new OpenBlasForeignProvider());
  }

  @Test
  void copiedProductsInPiecesAgreeWithThePlainOne() {
    agree(new OpenBlasJavacppProvider());
  }

  private static void agree(dev.flatness.linalg.GemmProvider provider) {
    Gemm gemm = Providers.gemm(provider);
    for (int trans = 0; trans < 4; trans++) {
      boolean transA = (trans & 1) != 0;
      boolean transB = (trans & 2) != 0;
      int m = 310;
      int n = 290;
      int k = 520;
      double[] a = new Random(1).doubles(m * k).toArray();
      double[] b = new Random(2).doubles(k * n).toArray();
      double[] c = new Random(3).doubles(m * n).toArray();
      double[] expected = c.clone();
      int lda = transA ? m : k;
      int ldb = transB ? k : n;
      gemm.multiply(transA, transB, m, n, k, 2, a, 0, lda, b, 0, ldb, 3, c, 0, n);
      Gemms.plain().multiply(transA, transB, m, n, k, 2, a, 0, lda, b, 0, ldb, 3, expected, 0, n);
      for (int i = 0; i < c.length; i++) {
        // All terms are positive, so the error is relative to the sum: 2 (k + 4) u.
        assertThat(Math.abs(c[i] - expected[i])).isLessThanOrEqualTo(2e-13 * expected[i]);
      }
    }
  }
}
