package dev.flatness.internal.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import dev.flatness.testkit.GemmContract;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jGemmTest extends GemmContract {
  @Override
  protected Gemm gemm() {
    return Gemms.byId("nd4j");
  }

  @Test
  void isNeverTheDefault() {
    assertThat(Gemms.candidates()).last().extracting(Gemms.Candidate::id).isEqualTo("nd4j");
    assertThat(Gemms.best()).isNotSameAs(gemm());
    assertThat(new Nd4jProvider().priority()).isNegative();
  }

  @Test
  void isNamedAfterItsBlas() {
    assertThat(new Nd4jProvider().load()).isInstanceOf(GemmProvider.Loaded.class);
    assertThat(gemm().name()).isEqualTo("nd4j openblas");
  }

  @Test
  void loadingSetsTheBlasToOneThread() {
    Blas blas = Nd4j.factory().blas();
    blas.setMaxThreads(2);
    new Nd4jProvider().load();
    assertThat(blas.getMaxThreads()).isEqualTo(1);
  }

  @Test
  void moreSizesThanAreKeptGiveTheSameBits() {
    double[] a = new double[400];
    for (int i = 0; i < a.length; i++) {
      a[i] = Math.sin(i);
    }
    double[][] first = new double[200][];
    for (int round = 0; round < 2; round++) {
      for (int n = 1; n <= 200; n++) {
        double[] c = new double[2 * n];
        gemm().multiply(false, false, 2, n, 2, 1, a, 0, 2, a, 0, n, 0, c, 0, n);
        if (round == 0) {
          first[n - 1] = c;
        } else {
          assertThat(c).isEqualTo(first[n - 1]);
        }
      }
    }
  }

  @Test
  @SuppressWarnings("try")
  void aWorkspaceOfTheUserOwnsNothingThatIsKept() {
    double[] a = {1, 2, 3, 4, 5, 6};
    double[] c = new double[9];
    for (int i = 0; i < 3; i++) {
      try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("user")) {
        INDArray others = Nd4j.ones(50);
        gemm().multiply(false, false, 3, 3, 2, 1, a, 0, 2, a, 0, 3, 0, c, 0, 3);
        assertThat(others.sumNumber().doubleValue()).isEqualTo(50);
      }
      assertThat(c).containsExactly(9, 12, 15, 19, 26, 33, 29, 40, 51);
    }
  }
}
