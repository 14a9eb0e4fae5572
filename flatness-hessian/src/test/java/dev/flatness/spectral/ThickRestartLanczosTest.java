package dev.flatness.spectral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThickRestartLanczosTest {
  private static final Seed SEED = Seed.of(31);

  /** A tolerance that bounds the error of a value whatever the gap, here to 1e-8. */
  private static final ThickRestartLanczos STRICT =
      ThickRestartLanczos.withDefaults().withTolerance(1e-8);

  /** A spectrum with a name. */
  record Spectrum(String name, double[] eigenvalues) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Spectrum> spectra() {
    double[] clustered = Spectra.evenly(200, -1, 1);
    Arrays.setAll(clustered, i -> i < 6 ? 10 + 1e-5 * i : clustered[i]);
    double[] repeated = Spectra.evenly(150, -1, 1);
    Arrays.fill(repeated, 0, 4, 3.0);
    Arrays.fill(repeated, 4, 7, -2.0);
    double[] rankOne = new double[120];
    rankOne[60] = 5;
    double[] wide = new double[100];
    Arrays.setAll(wide, i -> Math.pow(10, -12.0 * i / 99));
    double[] outliers = Spectra.evenly(300, -0.1, 0.5);
    Arrays.setAll(outliers, i -> i < 10 ? 60.0 / (i + 1) : outliers[i]);
    return Stream.of(
        new Spectrum("clustered", clustered),
        new Spectrum("repeated", repeated),
        new Spectrum("zero", new double[80]),
        new Spectrum("indefinite", Spectra.evenly(160, -4, 4)),
        new Spectrum("condition 1e12", wide),
        new Spectrum("rank one", rankOne),
        new Spectrum("outliers", outliers),
        new Spectrum("small", new double[] {3, -1, 2, 2, 0, 5, -7}));
  }

  private static void assertEnds(Spectrum spectrum, Eigenpairs found, int top, int bottom) {
    double[] sorted = spectrum.eigenvalues().clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double norm = Math.max(Math.abs(sorted[0]), Math.abs(sorted[n - 1]));
    SymmetricOperator operator = Spectra.withEigenvalues(spectrum.eigenvalues());
    assertThat(found.status()).as(found.reason()).isEqualTo(Status.CONVERGED);
    assertThat(found.checked()).isTrue();
    assertThat(found.largest()).hasSize(top);
    assertThat(found.smallest()).hasSize(bottom);
    for (int i = 0; i < top; i++) {
      assertPair(operator, found.largest().get(i), sorted[n - 1 - i], norm);
    }
    for (int i = 0; i < bottom; i++) {
      assertPair(operator, found.smallest().get(i), sorted[i], norm);
    }
    assertOrthonormal(found.largest());
    assertOrthonormal(found.smallest());
  }

  private static void assertPair(
      SymmetricOperator operator, RitzPair pair, double eigenvalue, double norm) {
    // An eigenvalue lies within the residual; its own error is the smaller, but rounding remains.
    assertThat(pair.value()).isCloseTo(eigenvalue, within(1e-8 * norm));
    double[] image = operator.apply(pair.vector());
    Vectors.addMultiple(-pair.value(), pair.vector(), image);
    assertThat(Vectors.norm(image)).isLessThanOrEqualTo(pair.residual() + 1e-13 * norm);
    assertThat(pair.residual()).isLessThanOrEqualTo(1e-8 * norm);
  }

  private static void assertOrthonormal(List<RitzPair> pairs) {
    for (int i = 0; i < pairs.size(); i++) {
      for (int j = 0; j <= i; j++) {
        assertThat(Vectors.dot(pairs.get(i).vector(), pairs.get(j).vector()))
            .isCloseTo(i == j ? 1 : 0, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("spectra")
  void findsBothEndsWithRepetitions(Spectrum spectrum) {
    SymmetricOperator operator = Spectra.withEigenvalues(spectrum.eigenvalues());
    Eigenpairs found = STRICT.withLargest(5).withSmallest(3).solve(operator, SEED);
    assertEnds(spectrum, found, 5, 3);
  }

  @ParameterizedTest
  @MethodSource("spectra")
  void blocksAndASmallBasisFindTheSame(Spectrum spectrum) {
    SymmetricOperator operator = Spectra.withEigenvalues(spectrum.eigenvalues());
    for (int block : new int[] {2, 4}) {
      Eigenpairs found = STRICT.withLargest(5).withBlock(block).withBasis(24).solve(operator, SEED);
      assertEnds(spectrum, found, 5, 0);
      if (spectrum.name().equals("indefinite")) {
        assertThat(found.restarts()).isGreaterThan(3);
      }
    }
  }

  @Test
  void allEigenpairsOfASmallOperatorAreThoseOfItsDenseDecomposition() {
    DenseSymmetric matrix = Spectra.gaussian(12, 3);
    Eigenpairs found = STRICT.withLargest(12).withSmallest(12).solve(matrix, SEED);
    double[] expected = matrix.eigenvalues();
    for (int i = 0; i < 12; i++) {
      assertThat(found.smallest().get(i).value()).isCloseTo(expected[i], within(1e-12 * 12));
      assertThat(found.largest().get(11 - i).value()).isCloseTo(expected[i], within(1e-12 * 12));
    }
    assertThat(found.products()).isEqualTo(12);
    assertThat(found.reason()).isEqualTo("the basis spans the whole space");
  }

  @Test
  void aSingleEntryIsItsOwnEigenvalue() {
    Eigenpairs found = STRICT.solve(Spectra.withEigenvalues(2.5), SEED);
    assertThat(found.largest().get(0).value()).isCloseTo(2.5, within(1e-15 * 3));
    assertThat(found.status()).isEqualTo(Status.CONVERGED);
  }

  @Test
  void agreesWithPowerIterationOnTheLargest() {
    double[] eigenvalues = Spectra.evenly(90, -1, 1);
    eigenvalues[4] = 4;
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    double[] x = Vectors.gaussian(90, SEED);
    for (int i = 0; i < 200; i++) {
      Vectors.divide(x, Vectors.norm(x));
      x = operator.apply(x);
    }
    Eigenpairs found = STRICT.solve(operator, SEED);
    assertThat(found.largest().get(0).value()).isCloseTo(Vectors.norm(x), within(1e-12 * 4));
  }

  @Test
  void withoutTheCheckASingleVectorMissesRepetitionsAndWithItNot() {
    double[] eigenvalues = new double[60];
    Arrays.fill(eigenvalues, 0, 3, 2.0);
    Arrays.fill(eigenvalues, 3, 60, 1.0);
    eigenvalues[3] = 1.5;
    SymmetricOperator operator = Spectra.withEigenvalues(eigenvalues);
    ThickRestartLanczos three = STRICT.withLargest(3);
    Eigenpairs unchecked = three.withCheck(false).solve(operator, SEED);
    assertThat(unchecked.largest().get(1).value()).isCloseTo(1.5, within(1e-8));
    assertThat(unchecked.checked()).isFalse();
    Eigenpairs checked = three.solve(operator, SEED);
    assertThat(checked.largest()).allSatisfy(p -> assertThat(p.value()).isCloseTo(2, within(1e-8)));
  }

  @Test
  void aLimitOfProductsIsSaid() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(200, -1, 1));
    Eigenpairs found = STRICT.withLargest(2).withMaxProducts(7).solve(operator, SEED);
    assertThat(found.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.reason()).isEqualTo("the limit of 7 products was reached");
    assertThat(found.products()).isEqualTo(7);
    double[] image = operator.apply(found.largest().get(0).vector());
    Vectors.addMultiple(-found.largest().get(0).value(), found.largest().get(0).vector(), image);
    assertThat(Vectors.norm(image)).isCloseTo(found.largest().get(0).residual(), within(1e-13));
  }

  @Test
  void residualsAfterARestartAreThoseOfThePairs() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(300, -1, 1));
    ThickRestartLanczos method = STRICT.withLargest(3).withBlock(2).withBasis(12);
    for (int products : IntStream.range(5, 40).toArray()) {
      Eigenpairs found = method.withMaxProducts(products).solve(operator, SEED);
      for (RitzPair pair : found.largest()) {
        double[] image = operator.apply(pair.vector());
        Vectors.addMultiple(-pair.value(), pair.vector(), image);
        assertThat(Vectors.norm(image)).isCloseTo(pair.residual(), within(1e-12));
      }
    }
  }

  @Test
  void aProductThatIsNotFiniteEndsTheRunInWords() {
    SymmetricOperator broken =
        new SymmetricOperator() {
          private int calls;

          @Override
          public int dimension() {
            return 50;
          }

          @Override
          public void apply(double[][] vectors, double[][] products) {
            calls++;
            for (int i = 0; i < 50; i++) {
              products[0][i] = calls > 4 ? Double.NaN : i * vectors[0][i];
            }
          }
        };
    Eigenpairs found = STRICT.withLargest(2).solve(broken, SEED);
    assertThat(found.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.reason()).isEqualTo("product 5 is not finite");
    assertThat(found.largest().get(0).residual()).isPositive();
  }

  @Test
  void impossibleRequestsAreRefused() {
    SymmetricOperator operator = Spectra.withEigenvalues(Spectra.evenly(100, -1, 1));
    ThickRestartLanczos method = STRICT;
    assertThatThrownBy(() -> method.withLargest(101).solve(operator, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the 101 largest eigenvalues are asked for, but the operator has 100");
    assertThatThrownBy(() -> method.withLargest(0).solve(operator, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no eigenvalues are asked for, expected at least one of the largest or smallest");
    assertThatThrownBy(() -> method.withLargest(10).withBasis(12).solve(operator, SEED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a basis of 12 vectors of 100 entries is too small for 10 eigenvalues in blocks of 1,"
                + " expected at least 14; ask for a larger basis");
    assertThatThrownBy(() -> method.withBlock(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the width of the block is 0, expected at least 1");
  }
}
