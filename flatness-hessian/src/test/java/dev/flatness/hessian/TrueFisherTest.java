package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Fisher matrix of labels drawn from the model. */
class TrueFisherTest {
  private static final int SAMPLES = 12;

  private static final Map<Loss, Integer> OUTPUTS =
      Map.of(
          SoftmaxCrossEntropy.onLogits(), 3,
          BinaryCrossEntropy.onLogits(), 1,
          SquaredError.summed(), 2);

  private static Network network(int outputs) {
    Seed seed = Seed.of(31);
    return Network.sequential(4)
        .dense("0", random(seed.split(0), 5, 4), random(seed.split(1), 5))
        .activate(Activation.TANH)
        .dense("2", random(seed.split(2), outputs, 5), random(seed.split(3), outputs))
        .build();
  }

  private static Tensor random(Seed seed, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    return Tensor.of(Vectors.gaussian(size, seed), shape);
  }

  private static NetworkSurface surface(Loss loss) {
    Network network = network(OUTPUTS.get(loss));
    Dataset data =
        loss == SquaredError.summed()
            ? RandomDatasets.real(network, SAMPLES, Seed.of(8))
            : RandomDatasets.labelled(network, SAMPLES, Seed.of(8));
    return Cases.surface(network, data, loss);
  }

  private static double form(NetworkSurface surface, Curvature kind, double[] v) {
    double[] theta = surface.network().parameterVector();
    return Vectors.dot(v, Hessian.of(surface).withCurvature(kind).at(theta).apply(v));
  }

  /** It is the empirical Fisher matrix of a dataset that holds the drawn labels. */
  @Test
  void isTheEmpiricalFisherMatrixOfTheDrawnLabels() {
    for (Loss loss : OUTPUTS.keySet()) {
      NetworkSurface surface = surface(loss);
      Curvature kind = Curvature.trueFisher(3, Seed.of(5));
      double[] theta = surface.network().parameterVector();
      int outputs = OUTPUTS.get(loss);
      int inputs = surface.network().inputShape().size();
      int width = surface.dataset().targetSize();
      double[] f = surface.outputs(theta, 0, SAMPLES);
      double[] x = new double[SAMPLES * inputs];
      surface.dataset().read(0, SAMPLES, x, new double[SAMPLES * width]);
      double[] inputsThrice = new double[3 * x.length];
      double[] labels = new double[3 * SAMPLES * width];
      for (int i = 0; i < SAMPLES; i++) {
        var random = kind.labels(i).generator();
        double[] own = Arrays.copyOfRange(f, i * outputs, (i + 1) * outputs);
        for (int d = 0; d < 3; d++) {
          double[] label = new double[width];
          loss.draw(own, random, label);
          System.arraycopy(label, 0, labels, (3 * i + d) * width, width);
          System.arraycopy(x, i * inputs, inputsThrice, (3 * i + d) * inputs, inputs);
        }
      }
      Tensor thrice = Tensor.of(inputsThrice, 3 * SAMPLES, inputs);
      Dataset drawn =
          loss == SquaredError.summed()
              ? Datasets.of(thrice, Tensor.of(labels, 3 * SAMPLES, width))
              : Datasets.of(thrice, Arrays.stream(labels).mapToInt(y -> (int) y).toArray());
      NetworkSurface other = Cases.surface(surface.network(), drawn, loss);
      double[] v = Vectors.gaussian(theta.length, Seed.of(9));
      double[] expected =
          Hessian.of(other).withCurvature(Curvature.EMPIRICAL_FISHER).at(theta).apply(v);
      double[] found = Hessian.of(surface).withCurvature(kind).at(theta).apply(v);
      double scale = Vectors.norm(expected);
      for (int i = 0; i < v.length; i++) {
        assertThat(found[i]).as(loss.id()).isCloseTo(expected[i], within(1e-13 * scale));
      }
    }
  }

  /**
   * 400 intervals of mean ± 2 standard errors over 50 seeds each hold the Gauss–Newton value at
   * their nominal rate: Student's t with 49 degrees of freedom gives 94.9 %. A binomial of 400 such
   * draws leaves 90.5 … 98.5 % once in 10 000 times; skewness of the squared gradients takes some
   * more, so the lower end is 90 %.
   */
  @Test
  void itsExpectationIsTheGaussNewtonMatrix() {
    for (Loss loss : OUTPUTS.keySet()) {
      NetworkSurface surface = surface(loss);
      int p = surface.dimension();
      double[] v = Vectors.gaussian(p, Seed.of(77));
      double truth = form(surface, Curvature.GAUSS_NEWTON, v);
      int held = 0;
      double total = 0;
      double squares = 0;
      int groups = 400;
      int runs = 50;
      for (int g = 0; g < groups; g++) {
        double sum = 0;
        double square = 0;
        for (int r = 0; r < runs; r++) {
          Seed seed = Seed.of(1234).split(g).split(r);
          double value = form(surface, Curvature.trueFisher(4, seed), v);
          sum += value;
          square += value * value;
        }
        double mean = sum / runs;
        double error = Math.sqrt((square / runs - mean * mean) / (runs - 1));
        held += Math.abs(mean - truth) <= 2 * error ? 1 : 0;
        total += mean;
        squares += mean * mean;
      }
      assertThat(held / (double) groups).as(loss.id()).isBetween(0.90, 0.985);
      // All 20 000 matrices together; four standard errors are left once in 16 000 times.
      double mean = total / groups;
      double error = Math.sqrt((squares / groups - mean * mean) / (groups - 1));
      assertThat(mean).as(loss.id()).isCloseTo(truth, within(4 * error));
      assertThat(error).isLessThan(0.02 * truth);
      // The labels of the data make another matrix.
      double empirical = form(surface, Curvature.EMPIRICAL_FISHER, v);
      assertThat(Math.abs(empirical - truth)).as(loss.id()).isGreaterThan(20 * error);
    }
  }

  /** The variance of the mean of m independent draws is that of one, divided by m. */
  @Test
  void moreDrawsDivideTheVariance() {
    for (Loss loss : OUTPUTS.keySet()) {
      NetworkSurface surface = surface(loss);
      double[] v = Vectors.gaussian(surface.dimension(), Seed.of(77));
      double ratio = variance(surface, v, 1) / variance(surface, v, 16);
      // The ratio of two variances of 2000 values each has a relative standard error of 3 % for
      // normal ones, about twice that for these.
      assertThat(ratio).as(loss.id()).isBetween(16 * 0.75, 16 / 0.75);
    }
  }

  private static double variance(NetworkSurface surface, double[] v, int draws) {
    double sum = 0;
    double square = 0;
    int runs = 2000;
    for (int r = 0; r < runs; r++) {
      double value = form(surface, Curvature.trueFisher(draws, Seed.of(draws).split(r)), v);
      sum += value;
      square += value * value;
    }
    return square / runs - sum / runs * (sum / runs);
  }

  @Test
  void hasNoNegativeEigenvalueAndDependsOnItsSeedAlone() {
    NetworkSurface surface = surface(SoftmaxCrossEntropy.onLogits());
    double[] theta = surface.network().parameterVector();
    Curvature kind = Curvature.trueFisher(1, Seed.of(4));
    SymmetricOperator operator = Hessian.of(surface).withCurvature(kind).at(theta);
    DenseSymmetric dense = DenseSymmetric.of(operator);
    double[] eigenvalues = dense.eigenvalues();
    double top = eigenvalues[eigenvalues.length - 1];
    assertThat(top).isPositive();
    for (double eigenvalue : eigenvalues) {
      assertThat(eigenvalue).isGreaterThan(-1e-13 * top);
    }
    double[] v = Vectors.gaussian(theta.length, Seed.of(6));
    Curvature same = Curvature.trueFisher(1, Seed.of(4));
    assertThat(same).isEqualTo(kind).hasSameHashCodeAs(kind).hasToString(kind.toString());
    assertThat(Hessian.of(surface).withCurvature(same).at(theta).apply(v))
        .containsExactly(operator.apply(v));
    Curvature other = Curvature.trueFisher(1, Seed.of(3));
    assertThat(other).isNotEqualTo(kind);
    assertThat(Hessian.of(surface).withCurvature(other).at(theta).apply(v))
        .isNotEqualTo(operator.apply(v));
  }

  @Test
  void refusesWhatItCannotDraw() {
    assertThatThrownBy(() -> Curvature.trueFisher(0, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of labels drawn per sample is 0, expected at least 1");
    NetworkSurface surface = surface(SquaredError.summed());
    NetworkSurface without = Cases.surface(surface.network(), surface.dataset(), new Silent());
    for (Curvature kind : List.of(Curvature.HESSIAN, Curvature.EMPIRICAL_FISHER)) {
      assertThat(form(without, kind, surface.network().parameterVector()))
          .isEqualTo(form(surface, kind, surface.network().parameterVector()));
    }
    Curvature drawn = Curvature.trueFisher(1, Seed.of(1));
    assertThatThrownBy(() -> form(without, drawn, surface.network().parameterVector()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("loss \"silent\" states no distribution");
  }

  /** Squared error that does not say what it is the likelihood of. */
  private record Silent() implements Loss {
    private static final Loss BASE = SquaredError.summed();

    @Override
    public String id() {
      return "silent";
    }

    @Override
    public double value(double[] outputs, double[] target) {
      return BASE.value(outputs, target);
    }

    @Override
    public void gradient(double[] outputs, double[] target, double[] gradient) {
      BASE.gradient(outputs, target, gradient);
    }

    @Override
    public void hessianProduct(
        double[] outputs, double[] target, double[] vector, double[] product) {
      BASE.hessianProduct(outputs, target, vector, product);
    }

    @Override
    public void check(Dataset dataset, int outputs) {
      BASE.check(dataset, outputs);
    }
  }
}
