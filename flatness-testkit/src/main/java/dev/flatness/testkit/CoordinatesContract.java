package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.random.Seed;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Coordinates} must do; extend it and say which, and at which point.
 *
 * <p>Derivatives are held against central differences with relative step h = 1e-5: their truncation
 * is of relative size h² times the ratio of third to first derivative, their rounding of size
 * 1e-16/h, so 1e-7 of the largest entry holds for maps whose derivatives vary on the scale of the
 * point.
 */
public abstract class CoordinatesContract {
  private static final double STEP = 1e-5;
  private static final double DIFFERENCE = 1e-7;
  private static final double ROUNDING = 1e-12;

  /** For subclasses. */
  protected CoordinatesContract() {}

  /**
   * Returns the coordinates under test.
   *
   * @return the same coordinates at every call, or equal ones
   */
  protected abstract Coordinates coordinates();

  /**
   * Returns a point of their domain.
   *
   * @return a new array at every call
   */
  protected abstract double[] point();

  @Test
  void theParametersOfThePointHaveItsCoordinates() {
    double[] again = coordinates().coordinatesOf(coordinates().parametersAt(point()));
    assertClose(again, point(), ROUNDING);
    assertThat(coordinates().contains(point())).isTrue();
  }

  @Test
  void theDerivativeIsThatOfTheMap() {
    double[] direction = direction("direction", point());
    double[] pushed = new double[coordinates().parameters()];
    coordinates().derivativeAt(point()).push(direction, pushed);
    assertClose(pushed, difference(coordinates()::parametersAt, direction), DIFFERENCE);
  }

  @Test
  void theAdjointIsThatOfTheDerivative() {
    Coordinates.Derivative derivative = coordinates().derivativeAt(point());
    double[] direction = direction("direction", point());
    double[] covector = normals("covector", coordinates().parameters());
    double[] pushed = new double[covector.length];
    double[] pulled = new double[direction.length];
    derivative.push(direction, pushed);
    derivative.pull(covector, pulled);
    double sizes = 0;
    for (int k = 0; k < covector.length; k++) {
      sizes += Math.abs(covector[k] * pushed[k]);
    }
    assertThat(dot(pulled, direction) - dot(covector, pushed))
        .isBetween(-ROUNDING * sizes, ROUNDING * sizes);
  }

  @Test
  void theSecondOrderTermIsTheDerivativeOfTheAdjoint() {
    double[] direction = direction("direction", point());
    double[] covector = normals("covector", coordinates().parameters());
    double[] second = new double[direction.length];
    coordinates().derivativeAt(point()).addSecond(covector, direction, second);
    UnaryOperator<double[]> adjoint =
        eta -> {
          double[] pulled = new double[eta.length];
          coordinates().derivativeAt(eta).pull(covector, pulled);
          return pulled;
        };
    assertClose(second, difference(adjoint, direction), DIFFERENCE);
  }

  @Test
  void theSecondOrderTermIsSymmetricAndAdded() {
    Coordinates.Derivative derivative = coordinates().derivativeAt(point());
    double[] a = direction("a", point());
    double[] b = direction("b", point());
    double[] covector = normals("covector", coordinates().parameters());
    double[] ofA = new double[a.length];
    double[] ofB = new double[b.length];
    derivative.addSecond(covector, a, ofA);
    derivative.addSecond(covector, b, ofB);
    double size = Math.sqrt(dot(ofA, ofA) * dot(b, b)) + Math.sqrt(dot(ofB, ofB) * dot(a, a));
    assertThat(dot(ofA, b) - dot(ofB, a)).isBetween(-ROUNDING * size, ROUNDING * size);
    double[] twice = ofA.clone();
    derivative.addSecond(covector, a, twice);
    // Entries may be sums of many terms, whose order the start changes.
    double[] doubled = new double[twice.length];
    for (int i = 0; i < twice.length; i++) {
      doubled[i] = 2 * ofA[i];
    }
    assertClose(twice, doubled, ROUNDING);
  }

  @Test
  void aPointOfAnotherLengthIsRefused() {
    double[] longer = new double[coordinates().dimension() + 1];
    assertThatThrownBy(() -> coordinates().parametersAt(longer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(longer.length));
  }

  private double[] difference(UnaryOperator<double[]> map, double[] direction) {
    double[] plus = point();
    double[] minus = point();
    for (int i = 0; i < plus.length; i++) {
      plus[i] += STEP * direction[i];
      minus[i] -= STEP * direction[i];
    }
    double[] up = map.apply(plus);
    double[] down = map.apply(minus);
    for (int k = 0; k < up.length; k++) {
      up[k] = (up[k] - down[k]) / (2 * STEP);
    }
    return up;
  }

  /** Random, in proportion to the point's own entries: no step leaves an orthant. */
  private static double[] direction(String name, double[] at) {
    double[] direction = normals(name, at.length);
    for (int i = 0; i < at.length; i++) {
      direction[i] *= Math.abs(at[i]);
    }
    return direction;
  }

  private static double[] normals(String name, int length) {
    var random = new java.util.Random(Seed.of(7).split(name).value());
    return random.doubles(length, -1, 1).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void assertClose(double[] actual, double[] expected, double relative) {
    double size = 0;
    for (double x : expected) {
      size = Math.max(size, Math.abs(x));
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("entry %d", i)
          .isBetween(expected[i] - relative * size, expected[i] + relative * size);
    }
  }
}
