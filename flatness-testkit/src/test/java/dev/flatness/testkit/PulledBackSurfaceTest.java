package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ParameterSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** l(η) = L(s e^η) for L(θ) = θ₀²θ₁ + θ₂³, whose derivatives are monomials again. */
class PulledBackSurfaceTest {
  private static final double[] THETA = {0.7, -1.3, 2};
  private final LogMagnitude coordinates = new LogMagnitude(THETA);
  private final double[] eta = coordinates.coordinatesOf(THETA);
  private final PulledBackSurface surface = new PulledBackSurface(new Polynomial(), coordinates);

  @Test
  void theValueIsThatOfTheParameters() {
    assertThat(surface.value(eta)).isCloseTo(0.49 * -1.3 + 8, within(1e-14));
  }

  @Test
  void theGradientOfAMonomialIsItsExponentsTimesItself() {
    double[] gradient = new double[3];
    assertThat(surface.valueAndGradient(eta, gradient)).isEqualTo(surface.value(eta));
    double m = 0.49 * -1.3;
    assertThat(gradient).containsExactly(new double[] {2 * m, m, 24}, within(1e-13));
  }

  @Test
  void theHessianHoldsTheCurvatureOfTheMap() {
    SymmetricOperator hessian = surface.hessian(eta);
    double m = 0.49 * -1.3;
    double[][] expected = {{4 * m, 2 * m, 0}, {2 * m, m, 0}, {0, 0, 72}};
    double[][] unit = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double[][] columns = new double[3][3];
    hessian.apply(unit, columns);
    for (int i = 0; i < 3; i++) {
      assertThat(columns[i]).containsExactly(expected[i], within(1e-12));
    }
  }

  @Test
  void otherMatricesAreOnlyConjugated() {
    SymmetricOperator pulled = surface.curvature(Curvature.GAUSS_NEWTON, eta, ParameterSet.all(3));
    assertThat(pulled.apply(new double[] {1, 0, 2}))
        .containsExactly(new double[] {0.49, 0, 8}, within(1e-14));
  }

  @Test
  void aSubsetKeepsItsRowsAndColumns() {
    ParameterSet two =
        new ParameterSet(List.of(new ParameterSet.Range(0, 1), new ParameterSet.Range(2, 1)));
    SymmetricOperator hessian = surface.curvature(Curvature.HESSIAN, eta, two);
    assertThat(hessian.dimension()).isEqualTo(2);
    assertThat(hessian.apply(new double[] {0, 1}))
        .containsExactly(new double[] {0, 72}, within(1e-12));
  }

  @Test
  void coordinatesOfAnotherNumberOfParametersAreRefused() {
    assertThatThrownBy(
            () -> new PulledBackSurface(new Polynomial(), new LogMagnitude(new double[] {1})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the coordinates are of 1 parameters, but the surface has 3");
  }

  private static final class Polynomial implements LossSurface {
    @Override
    public int dimension() {
      return 3;
    }

    @Override
    public double value(double[] t) {
      return t[0] * t[0] * t[1] + t[2] * t[2] * t[2];
    }

    @Override
    public double valueAndGradient(double[] t, double[] gradient) {
      gradient[0] = 2 * t[0] * t[1];
      gradient[1] = t[0] * t[0];
      gradient[2] = 3 * t[2] * t[2];
      return value(t);
    }

    /** The identity stands in for every matrix but the Hessian. */
    @Override
    public SymmetricOperator curvature(Curvature kind, double[] t, ParameterSet parameters) {
      double[][] h = {{2 * t[1], 2 * t[0], 0}, {2 * t[0], 0, 0}, {0, 0, 6 * t[2]}};
      return new SymmetricOperator() {
        @Override
        public int dimension() {
          return 3;
        }

        @Override
        public void apply(double[][] vectors, double[][] products) {
          for (int v = 0; v < vectors.length; v++) {
            for (int i = 0; i < 3; i++) {
              products[v][i] = kind == Curvature.HESSIAN ? 0 : vectors[v][i];
              for (int j = 0; j < 3 && kind == Curvature.HESSIAN; j++) {
                products[v][i] += h[i][j] * vectors[v][j];
              }
            }
          }
        }
      };
    }
  }
}
