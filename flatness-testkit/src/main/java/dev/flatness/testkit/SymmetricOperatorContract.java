package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.linalg.SymmetricOperator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SymmetricOperator} must do; extend it and say which.
 *
 * <p>Two ways to the same product may differ by {@link #rounding()}, relative to the 2-norm of the
 * products at hand. An operator in float64 that sums n terms in any order keeps n · 1.1e-16.
 */
public abstract class SymmetricOperatorContract {
  /** For subclasses. */
  protected SymmetricOperatorContract() {}

  /**
   * Returns the operator under test, the same one at every call or an equal one.
   *
   * @return the operator
   */
  protected abstract SymmetricOperator operator();

  /**
   * Returns by how much two ways to the same product may differ.
   *
   * @return relative to the 2-norm of the product: 1e-11, enough for float64; override it for
   *     float32
   */
  protected double rounding() {
    return 1e-11;
  }

  @Test
  void theDimensionIsPositive() {
    assertThat(operator().dimension()).isPositive();
  }

  @Test
  void theMapIsLinear() {
    OperatorChecks.assertLinear(operator(), rounding());
  }

  @Test
  void theMapIsSymmetric() {
    OperatorChecks.assertSymmetric(operator(), rounding());
  }

  @Test
  void theZeroVectorHasTheProductZero() {
    double[] product = operator().apply(new double[operator().dimension()]);
    assertThat(product).hasSize(operator().dimension());
    for (double entry : product) {
      assertThat(Math.abs(entry)).isZero();
    }
  }

  @Test
  void aBlockHasTheProductsOfItsVectors() {
    SymmetricOperator operator = operator();
    for (int width : new int[] {1, 2, 3, 7, 16, 33}) {
      double[][] vectors = block(width);
      double[][] products = new double[width][operator.dimension()];
      operator.apply(vectors, products);
      for (int i = 0; i < width; i++) {
        double[] alone = operator.apply(vectors[i]);
        OperatorChecks.assertClose(products[i], alone, rounding() * OperatorChecks.norm(alone));
      }
    }
  }

  @Test
  void whatTheProductsHeldBeforeIsOverwritten() {
    double[][] vectors = block(3);
    double[][] products = new double[3][operator().dimension()];
    for (double[] product : products) {
      Arrays.fill(product, Double.NaN);
    }
    operator().apply(vectors, products);
    for (double[] product : products) {
      assertThat(product).doesNotContain(Double.NaN);
    }
  }

  @Test
  void noVectorIsChanged() {
    double[][] vectors = block(3);
    operator().apply(vectors, new double[3][operator().dimension()]);
    double[][] untouched = block(3);
    for (int i = 0; i < 3; i++) {
      assertThat(vectors[i]).containsExactly(untouched[i]);
    }
    double[] vector = vectors[0];
    assertThat(operator().apply(vector)).isNotSameAs(vector);
    assertThat(vector).containsExactly(untouched[0]);
  }

  @Test
  void theSameProductHasTheSameBitsWhateverCameBefore() {
    SymmetricOperator operator = operator();
    double[] vector = OperatorChecks.normals("x", operator.dimension());
    double[] first = operator.apply(vector);
    operator.apply(block(5), new double[5][operator.dimension()]);
    assertThat(operator.apply(vector)).containsExactly(first);
    assertThat(operator().apply(vector)).containsExactly(first);
  }

  @Test
  void aVectorOfAnotherLengthIsRefused() {
    int n = operator().dimension();
    assertThatThrownBy(() -> operator().apply(new double[n + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> operator().apply(new double[1][n], new double[1][n + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private double[][] block(int width) {
    double[][] vectors = new double[width][];
    Arrays.setAll(vectors, i -> OperatorChecks.normals("x" + i, operator().dimension()));
    return vectors;
  }
}
