package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  /** Tables of Student's t, two-sided 5 %. */
  @ParameterizedTest
  @CsvSource({
    "1, 12.7062047",
    "2, 4.3026527",
    "3, 3.1824463",
    "4, 2.7764451",
    "5, 2.5705818",
    "9, 2.2621572",
    "15, 2.1314495",
    "31, 2.0395134",
    "100, 1.9839715",
    "1000000, 1.9599663"
  })
  void theQuantilesAreStudents(double degrees, double t) {
    Interval interval = Interval.student(0, 1, degrees);
    assertThat(interval.high()).isCloseTo(t, within(1e-5 * t));
    assertThat(interval.low()).isEqualTo(-interval.high());
  }

  /** Tables of Student's t, two-sided 1 % and 0.1 %. */
  @ParameterizedTest
  @CsvSource({
    "1, 0.01, 63.6567412",
    "2, 0.01, 9.9248432",
    "5, 0.01, 4.0321430",
    "9, 0.01, 3.2498355",
    "9, 0.001, 4.7809125",
    "30, 0.001, 3.6459586"
  })
  void theQuantilesOfOtherLevelsAreStudents(double degrees, double outside, double t) {
    assertThat(Student.quantile(degrees, outside)).isCloseTo(t, within(1e-5 * t));
  }

  @Test
  void theLargestOfManyEqualNumbersIsHeld() {
    Random random = new Random(7);
    int trials = 1000;
    int inside = 0;
    for (int i = 0; i < trials; i++) {
      Outcome[] parts = new Outcome[30];
      for (int j = 0; j < parts.length; j++) {
        double[] samples = new double[16];
        Arrays.setAll(samples, k -> Math.pow(random.nextGaussian(), 2));
        parts[j] = Outcome.mean(samples, "probes");
      }
      Interval max = Outcome.max(List.of(parts)).interval().orElseThrow();
      inside += max.low() <= 1 && 1 <= max.high() ? 1 : 0;
    }
    assertThat((double) inside / trials).isGreaterThan(0.9);
  }

  @Test
  void aSymmetricSampleHasStudentsInterval() {
    double[] samples = {1, 2, 4, 5};
    Outcome mean = Outcome.mean(samples, "probes");
    double reach = 3.1824463 * mean.standardError().orElseThrow();
    Interval interval = mean.interval().orElseThrow();
    assertThat(interval.low()).isCloseTo(3 - reach, within(1e-5));
    assertThat(interval.high()).isCloseTo(3 + reach, within(1e-5));
  }

  @ParameterizedTest
  @CsvSource({"-1060", "-600", "600", "1020"})
  void aMeanScalesByPowersOfTwoToTheBit(int exponent) {
    double[] samples = {1, 2, 4, 5};
    double unit = Math.scalb(1.0, exponent);
    Outcome plain = Outcome.mean(samples, "probes");
    Outcome mean = Outcome.mean(Arrays.stream(samples).map(x -> x * unit).toArray(), "probes");
    assertThat(mean.value()).isEqualTo(plain.value() * unit);
    assertThat(mean.standardError()).hasValue(plain.standardError().orElseThrow() * unit);
    assertThat(mean.status()).isEqualTo(Status.ESTIMATED);
  }

  @Test
  void anInfiniteSampleIsAnOverflow() {
    Outcome mean = Outcome.mean(new double[] {1, Double.POSITIVE_INFINITY}, "probes");
    assertThat(mean.status()).isEqualTo(Status.OVERFLOW);
    assertThat(mean.interval()).isEmpty();
  }

  @Test
  void aSkewedSampleReachesFurtherOnItsLongSide() {
    Interval interval =
        Outcome.mean(new double[] {0.1, 0.2, 0.1, 0.3, 4, 0.2, 0.5, 1}, "probes")
            .interval()
            .orElseThrow();
    double mean = 6.4 / 8;
    assertThat(interval.high() - mean).isGreaterThan(2 * (mean - interval.low()));
  }

  /** Squares of normal numbers, as of a quadratic form with one large eigenvalue. */
  @ParameterizedTest
  @CsvSource({"10", "16", "32"})
  void holdsTheMeanOfSquaresAsOftenAsItSays(int n) {
    Random random = new Random(5);
    int trials = 4000;
    int inside = 0;
    for (int i = 0; i < trials; i++) {
      double[] samples = new double[n];
      Arrays.setAll(samples, j -> Math.pow(random.nextGaussian(), 2));
      Interval interval = Outcome.mean(samples, "probes").interval().orElseThrow();
      inside += interval.low() <= 1 && 1 <= interval.high() ? 1 : 0;
    }
    assertThat((double) inside / trials).isBetween(0.93, 0.97);
  }

  @Test
  void movesScalesAndFoldsWithItsNumber() {
    Outcome two =
        Outcome.of(2, "probes", Status.ESTIMATED).withStandardError(1, new Interval(-1, 4));
    assertThat(two.withValue(5).interval()).hasValue(new Interval(2, 7));
    assertThat(two.times(-2).interval()).hasValue(new Interval(-8, 2));
    assertThat(two.times(-1).magnitude().value()).isEqualTo(2);
    assertThat(two.times(-1).magnitude().interval()).hasValue(new Interval(0, 4));
    assertThat(two.withValue(Double.NaN).interval()).isEmpty();
    assertThat(two.withStandardError(Double.NaN).interval()).isEmpty();
    assertThat(Outcome.exact(3).interval()).isEmpty();
  }

  @Test
  void sumsAndMaximaHaveIntervalsOfTheirParts() {
    Outcome one =
        Outcome.of(2, "probes", Status.ESTIMATED).withStandardError(1, new Interval(-1, 6));
    Outcome other =
        Outcome.of(3, "probes", Status.ESTIMATED).withStandardError(1, new Interval(-1, 6));
    List<Outcome> parts = List.of(one, other, Outcome.exact(1));
    // √(3² + 4²) below, √(4² + 3²) above.
    assertThat(Outcome.sum(parts).interval()).hasValue(new Interval(1, 11));
    // t of 9 degrees of freedom: 2.685011 for 2 parts at once, 2.262157 for one.
    double wider = 2.685011 / 2.262157;
    Interval max = Outcome.max(parts).interval().orElseThrow();
    assertThat(max.low()).isCloseTo(1, within(1e-12));
    assertThat(max.high()).isCloseTo(2 + 4 * wider, within(1e-5));
    assertThat(Outcome.max(List.of(one, Outcome.exact(1))).interval()).hasValue(new Interval(1, 6));
    assertThat(Outcome.sum(List.of(Outcome.exact(1))).interval()).isEmpty();
  }

  @Test
  void refusesWhatIsNoInterval() {
    assertThatThrownBy(() -> new Interval(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the interval from 2.0 to 1.0 is empty, expected low ≤ high");
  }
}
