package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LossSurface} must do; extend it and say which, and at which point.
 *
 * <p>Derivatives are compared with central differences. With the step h = 1e-5 relative to the
 * point, the difference of f is wrong by h² f‴/6 from truncation and by about 1e-14 |f| / h = 1e-9
 * |f| from rounding, if f is right to some 1e-14. So {@code 1e-6 |f'| + 1e-8 |f|} holds where the
 * third derivative is at most some 1e4 times the first, on the scale of the point. Choose a point
 * where the surface is smooth: with ReLU, away from the kinks.
 */
public abstract class LossSurfaceContract {
  private static final double STEP = 1e-5;
  private static final double DIFFERENCE = 1e-6;
  private static final double CANCELLATION = 1e-8;

  /** For subclasses. */
  protected LossSurfaceContract() {}

  /**
   * Returns the surface under test, the same one at every call or an equal one.
   *
   * @return the surface
   */
  protected abstract LossSurface surface();

  /**
   * Returns the point at which it is tested.
   *
   * @return θ, a new array at every call
   */
  protected abstract double[] point();

  /**
   * Returns the curvature matrices that the surface has.
   *
   * @return the Hessian alone by default
   */
  protected List<Curvature> matrices() {
    return List.of(Curvature.HESSIAN);
  }

  /**
   * Returns by how much two ways to the same number may differ.
   *
   * @return relative to the sizes of the terms: 1e-11, enough for float64
   */
  protected double rounding() {
    return 1e-11;
  }

  @Test
  void thePointHasAnEntryForEveryParameter() {
    assertThat(surface().dimension()).isPositive();
    assertThat(point()).hasSize(surface().dimension());
    assertThat(surface().value(point())).isFinite();
  }

  @Test
  void theValueIsThatBesideTheGradient() {
    double value = surface().value(point());
    double beside = surface().valueAndGradient(point(), new double[surface().dimension()]);
    assertThat(beside).isCloseTo(value, within(rounding() * Math.abs(value)));
  }

  @Test
  void theGradientIsTheDerivativeOfTheValue() {
    double[] gradient = gradient(point());
    for (String name : List.of("a", "b", "c", "d")) {
      double[] direction = direction(name);
      double up = surface().value(OperatorChecks.combination(1, point(), STEP, direction));
      double down = surface().value(OperatorChecks.combination(1, point(), -STEP, direction));
      double most =
          DIFFERENCE * OperatorChecks.norm(gradient) * OperatorChecks.norm(direction)
              + CANCELLATION * Math.abs(surface().value(point()));
      assertThat((up - down) / (2 * STEP))
          .as("the derivative along direction %s", name)
          .isCloseTo(OperatorChecks.dot(gradient, direction), within(most));
    }
  }

  @Test
  void theHessianIsTheDerivativeOfTheGradient() {
    SymmetricOperator hessian = surface().hessian(point());
    assertThat(hessian.dimension()).isEqualTo(surface().dimension());
    for (String name : List.of("a", "b")) {
      double[] direction = direction(name);
      double[] up = gradient(OperatorChecks.combination(1, point(), STEP, direction));
      double[] down = gradient(OperatorChecks.combination(1, point(), -STEP, direction));
      double[] product = hessian.apply(direction);
      double most =
          DIFFERENCE * OperatorChecks.norm(product)
              + CANCELLATION * OperatorChecks.norm(gradient(point()));
      double scale = 1 / (2 * STEP);
      OperatorChecks.assertClose(
          product, OperatorChecks.combination(scale, up, -scale, down), most);
    }
  }

  @Test
  void everyCurvatureMatrixIsLinearAndSymmetric() {
    for (Curvature kind : matrices()) {
      SymmetricOperator matrix =
          surface().curvature(kind, point(), ParameterSet.all(surface().dimension()));
      OperatorChecks.assertLinear(matrix, rounding());
      OperatorChecks.assertSymmetric(matrix, rounding());
    }
  }

  @Test
  void aSetOfParametersKeepsItsRowsAndColumns() {
    int n = surface().dimension();
    int first = n / 3;
    int length = Math.max(1, n / 2);
    ParameterSet some = new ParameterSet(List.of(new ParameterSet.Range(first, length)));
    double[] restricted = OperatorChecks.normals("x", length);
    double[] whole = new double[n];
    some.embed(restricted, whole);
    for (Curvature kind : matrices()) {
      double[] all = surface().curvature(kind, point(), ParameterSet.all(n)).apply(whole);
      SymmetricOperator part = surface().curvature(kind, point(), some);
      assertThat(part.dimension()).isEqualTo(length);
      OperatorChecks.assertClose(
          part.apply(restricted),
          Arrays.copyOfRange(all, first, first + length),
          rounding() * OperatorChecks.norm(all));
    }
  }

  @Test
  void thePointIsNotChangedAndTheCurvatureKeepsItsOwn() {
    double[] theta = point();
    surface().value(theta);
    surface().valueAndGradient(theta, new double[theta.length]);
    SymmetricOperator hessian = surface().hessian(theta);
    double[] vector = OperatorChecks.normals("x", theta.length);
    double[] before = hessian.apply(vector);
    assertThat(theta).containsExactly(point());
    Arrays.fill(theta, 0.125);
    assertThat(hessian.apply(vector)).containsExactly(before);
  }

  @Test
  void whatTheGradientHeldBeforeIsOverwritten() {
    double[] gradient = new double[surface().dimension()];
    Arrays.fill(gradient, Double.NaN);
    surface().valueAndGradient(point(), gradient);
    assertThat(gradient).containsExactly(gradient(point()));
  }

  @Test
  void theSamePointHasTheSameBitsWhateverCameBefore() {
    LossSurface surface = surface();
    double value = surface.value(point());
    double[] gradient = gradient(point());
    double[] vector = OperatorChecks.normals("x", surface.dimension());
    double[] product = surface.hessian(point()).apply(vector);
    surface.value(OperatorChecks.combination(1, point(), STEP, direction("a")));
    assertThat(surface.value(point())).isEqualTo(value);
    assertThat(gradient(point())).containsExactly(gradient);
    assertThat(surface.hessian(point()).apply(vector)).containsExactly(product);
  }

  private double[] gradient(double[] theta) {
    double[] gradient = new double[surface().dimension()];
    surface().valueAndGradient(theta, gradient);
    return gradient;
  }

  /** Random, in proportion to the point's own entries: no step changes a sign. */
  private double[] direction(String name) {
    double[] theta = point();
    double[] direction = OperatorChecks.normals(name, theta.length);
    for (int i = 0; i < theta.length; i++) {
      direction[i] *= theta[i] == 0 ? 1 : Math.abs(theta[i]);
    }
    return direction;
  }
}
