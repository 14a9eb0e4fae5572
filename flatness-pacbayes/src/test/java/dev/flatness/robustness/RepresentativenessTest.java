package dev.flatness.robustness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RepresentativenessTest {
  private static final double DELTA = 0.4;

  /** Two inputs, uniform on [−1, 3] × [−2, 2]; the label says on which side of 1 the first is. */
  private static Network network() {
    return Network.sequential(2)
        .dense(
            "a",
            Tensor.of(new double[] {1, 0.4, -0.7, 1, 0.3, -1.2}, 3, 2),
            Tensor.of(new double[] {-1, 0.2, 0.5}, 3))
        .relu()
        .dense("b", Tensor.of(new double[] {0.9, -0.6, 0.4, -1.1, 0.8, 0.3}, 2, 3), null)
        .build();
  }

  private static Dataset sample(int n, Seed seed) {
    RandomGenerator random = seed.generator();
    double[][] inputs = new double[n][2];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      inputs[i][0] = -1 + 4 * random.nextDouble();
      inputs[i][1] = -2 + 4 * random.nextDouble();
      labels[i] = label(inputs[i]);
    }
    return Datasets.of(inputs, labels);
  }

  private static int label(double[] x) {
    return x[0] > 1 ? 0 : 1;
  }

  private static Subject subject(Dataset data, int threads, Seed seed) {
    SurfaceOptions options = SurfaceOptions.withDefaults().withThreads(threads);
    return Subject.of(
        NetworkSurface.of(network(), data, SoftmaxCrossEntropy.onLogits(), options),
        Settings.withDefaults(),
        Monitor.NONE,
        seed);
  }

  private static Node first(Subject subject) {
    return subject.network().weightLayers().get(0);
  }

  /** −E_x E_ξ [ℓ(ψ(x + ξ), y) − ℓ(ψ(x), y)] by quadrature: E_Rep of the law itself. */
  private static double truth() {
    Network network = network();
    int grid = 40;
    int radii = 12;
    int angles = 16;
    double mass = 0;
    for (int r = 0; r < radii; r++) {
      mass += density((r + 0.5) / radii);
    }
    double sum = 0;
    for (int i = 0; i < grid; i++) {
      for (int j = 0; j < grid; j++) {
        double[] x = {-1 + 4 * (i + 0.5) / grid, -2 + 4 * (j + 0.5) / grid};
        double before = loss(network, x, label(x));
        double h = DELTA * Math.hypot(x[0], x[1]);
        for (int r = 0; r < radii; r++) {
          double rho = (r + 0.5) / radii;
          for (int a = 0; a < angles; a++) {
            double angle = 2 * Math.PI * (a + 0.5) / angles;
            double[] moved = {x[0] + h * rho * Math.cos(angle), x[1] + h * rho * Math.sin(angle)};
            sum += density(rho) / mass * (loss(network, moved, label(x)) - before);
          }
        }
      }
    }
    return -sum / grid / grid / angles;
  }

  private static double density(double rho) {
    return rho * Math.exp(-rho * rho / 2);
  }

  private static double loss(Network network, double[] x, int label) {
    return SoftmaxCrossEntropy.onLogits().value(network.outputs(x), new double[] {label});
  }

  @Test
  void meetsTheTruthOfQuadratureWithinItsError() {
    double truth = truth();
    assertThat(Math.abs(truth)).isGreaterThan(0.005);
    int inside = 0;
    int seeds = 40;
    for (int seed = 0; seed < seeds; seed++) {
      Subject subject = subject(sample(300, Seed.of(seed)), 2, Seed.of(seed));
      Representative found =
          Representativeness.withDefaults()
              .withDeltas(DELTA)
              .withDraws(20)
              .of(subject, first(subject))
              .get(0);
      double error = found.value().standardError().orElseThrow();
      inside += Math.abs(found.value().value() - truth) <= 1.96 * error ? 1 : 0;
    }
    // 95 % are expected; fewer than 33 of 40 have a probability below 0.001.
    assertThat(inside).isGreaterThanOrEqualTo(33);
  }

  @Test
  void decomposesTheMeasuredGap() {
    Dataset data = sample(200, Seed.of(1));
    Dataset test = sample(500, Seed.of(2));
    Subject subject = subject(data, 1, Seed.of(0));
    Representative found =
        Representativeness.withDefaults()
            .withDeltas(0.05)
            .withDraws(10)
            .withTest(test)
            .withConstants(new RateConstants(2, 3, 0.25))
            .of(subject, first(subject))
            .get(0);
    NetworkSurface other = NetworkSurface.of(network(), test, SoftmaxCrossEntropy.onLogits());
    double gap = other.value(subject.theta()) - subject.surface().value(subject.theta());
    Representative.Decomposition parts = found.test().orElseThrow();
    assertThat(parts.gap()).isCloseTo(gap, within(1e-12));
    assertThat(parts.representativeness() + found.noiseRobustness().value())
        .isCloseTo(gap, within(1e-12));
    double kappa =
        subject.surface().closedForms(subject.theta()).layers().get(0).relativeFlatness();
    assertThat(found.rate().orElseThrow())
        .isCloseTo(Math.pow(200, -1.0 / 3) * (kappa / 4 + 2 + 3 / 0.5), within(1e-12));
    double square = new RadialLaw(2, 1).meanSquare() * 0.05 * 0.05;
    assertThat(found.approximation() - found.value().value())
        .isCloseTo(square * kappa / 4, within(1e-12));
  }

  @Test
  void densitiesAreThoseOfAPlainSum() {
    Dataset data = sample(60, Seed.of(4));
    double[] x = new double[120];
    double[] y = new double[60];
    data.read(0, 60, x, y);
    double[][] features = new double[60][];
    for (int i = 0; i < 60; i++) {
      features[i] = new double[] {x[2 * i], x[2 * i + 1]};
    }
    boolean[][] training = new boolean[2][60];
    for (int i = 0; i < 60; i++) {
      training[0][i] = i % 2 == 0;
      training[1][i] = i < 30;
    }
    double s = 0.5;
    double[] deltas = {0.1, 0.6};
    Neighbours.Found found =
        new Neighbours(features, new RadialLaw(2, s)).find(deltas, training, new Workers(2));
    double mass = 2 * Math.PI * s * s * -Math.expm1(-1 / (2 * s * s));
    for (int d = 0; d < 2; d++) {
      int out = 0;
      double logs = 0;
      for (int split = 0; split < 2; split++) {
        for (int j = 0; j < 60; j++) {
          double density = 0;
          for (int i = 0; i < 60 && !training[split][j]; i++) {
            double h = deltas[d] * Math.hypot(features[i][0], features[i][1]);
            double far =
                Math.hypot(features[i][0] - features[j][0], features[i][1] - features[j][1]);
            if (training[split][i] && far <= h) {
              density += Math.exp(-far * far / (2 * h * h * s * s)) / (h * h * mass) / 30;
            }
          }
          out += !training[split][j] && density == 0 ? 1 : 0;
          logs += density > 0 ? Math.log(density) : 0;
        }
      }
      assertThat(found.outside()[d]).isCloseTo(out / 60.0, within(1e-15));
      assertThat(found.logLikelihood()[d]).isCloseTo(logs / (60 - out), within(1e-12));
    }
  }

  @Test
  void saysWhereTheKernelsHoldNothing() {
    Subject subject = subject(sample(40, Seed.of(5)), 1, Seed.of(0));
    List<Representative> found =
        Representativeness.withDefaults()
            .withDeltas(1e-9, 2)
            .withDraws(3)
            .of(subject, first(subject));
    assertThat(found.get(0).outside()).isEqualTo(1);
    assertThat(found.get(0).value().status()).isEqualTo(Status.UNINFORMATIVE);
    assertThat(found.get(0).logLikelihood()).isNaN();
    assertThat(found.get(0).otherLabel()).hasValue(0);
    assertThat(found.get(1).value().status()).isEqualTo(Status.ESTIMATED);
    assertThat(found.get(1).otherLabel().orElseThrow()).isPositive();
  }

  @Test
  void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads() {
    Dataset data = sample(300, Seed.of(6));
    Subject one = subject(data, 1, Seed.of(9));
    Subject many = subject(data, 7, Seed.of(9));
    Representativeness how = Representativeness.withDefaults().withDraws(5);
    assertThat(how.of(many, first(many))).isEqualTo(how.of(one, first(one)));
  }

  @Test
  void realTargetsHaveNoOtherLabel() {
    Dataset data = Datasets.of(new double[8][2], new double[8][2]);
    Subject subject = Subject.of(NetworkSurface.of(network(), data, SquaredError.summed()));
    assertThat(
            Representativeness.withDefaults()
                .withDraws(2)
                .of(subject, first(subject))
                .get(0)
                .otherLabel())
        .isEmpty();
  }

  @Test
  void refusesConvolutionsByName() {
    Network network =
        Network.sequential(1, 3, 3)
            .convolution("conv", Tensor.of(new double[18], 2, 1, 3, 3), null, Window.of(3, 3))
            .flatten()
            .build();
    Dataset data = Datasets.of(Tensor.of(new double[45], 5, 1, 3, 3), 0, 1, 0, 1, 0);
    Subject subject = Subject.of(NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()));
    assertThatThrownBy(() -> Representativeness.withDefaults().of(subject, first(subject)))
        .hasMessageContaining("representativeness needs a dense layer")
        .hasMessageContaining("\"conv\" is a convolution");
    Subject few = subject(sample(3, Seed.of(0)), 1, Seed.of(0));
    assertThatThrownBy(() -> Representativeness.withDefaults().of(few, first(few)))
        .hasMessageContaining("3 samples, but two halves need at least 4");
    assertThatThrownBy(() -> new RateConstants(1, 1, 0)).hasMessageContaining("Theorem 6");
  }
}
