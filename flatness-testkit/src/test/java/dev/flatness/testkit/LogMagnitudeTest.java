package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.LogMagnitude;
import org.junit.jupiter.api.Test;

class LogMagnitudeTest extends CoordinatesContract {
  private static final double[] THETA = {0.5, -2, 0, 3, -0.25};

  @Override
  protected Coordinates coordinates() {
    return new LogMagnitude(THETA);
  }

  @Override
  protected double[] point() {
    return coordinates().coordinatesOf(THETA);
  }

  @Test
  void zeroParametersHaveNoCoordinateAndStay() {
    assertThat(coordinates().dimension()).isEqualTo(4);
    assertThat(coordinates().parametersAt(new double[4])).containsExactly(1, -1, 0, 1, -1);
  }

  @Test
  void anotherOrthantIsRefused() {
    assertThatThrownBy(() -> coordinates().coordinatesOf(new double[] {0.5, 2, 0, 3, -0.25}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "parameter 1 is 2.0, expected a negative number; make the coordinates at a point of"
                + " the same signs");
  }

  @Test
  void aMagnitudeBeyondADoubleIsOutsideTheDomain() {
    double[] eta = {0, 800, 0, 0};
    assertThat(coordinates().contains(eta)).isFalse();
    assertThatThrownBy(() -> coordinates().parametersAt(eta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "coordinate 1 is 800.0, expected a logarithm of a positive double; stay nearer to the"
                + " point");
  }
}
