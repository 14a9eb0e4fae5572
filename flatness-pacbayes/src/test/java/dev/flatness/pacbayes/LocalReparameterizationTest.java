package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.internal.dense.DenseChain;
import dev.flatness.internal.dense.DensePass;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.LocalReparameterization.Drawn;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LocalReparameterizationTest {
  private static final SurfaceOptions ONE = SurfaceOptions.withDefaults().withThreads(1);
  private static final Loss CLASSES = SoftmaxCrossEntropy.onLogits();

  /** Means, variances and covariance of two outputs, against weights that are really drawn. */
  @Test
  void outputsHaveTheLawOfDrawnWeights() {
    int draws = 40_000;
    Network network = Networks.dense(Seed.of(2), Activation.TANH, true, 3, 5, 2);
    DiagonalGaussian q = Networks.around(network, 0.4, Seed.of(3));
    double[] x = {0.7, -1.1, 0.4};
    double[][] local = new double[draws][2];
    DensePass pass = DensePasses.of(DenseChain.of(network), 1, ONE);
    pass.parameters(q.mean(), q.sigma(), 0, network.parameterCount());
    pass.input(0, x);
    pass.first(0, 1);
    double[][] explicit = new double[draws][];
    RandomGenerator random = Seed.of(4).generator();
    double[] mean = q.mean();
    double[] sigma = q.sigma();
    double[] theta = new double[mean.length];
    for (int i = 0; i < draws; i++) {
      pass.draw(0, 1, new RandomGenerator[] {Seed.of(5).split(i).generator()});
      pass.outputs(0, local[i]);
      for (int j = 0; j < theta.length; j++) {
        theta[j] = mean[j] + sigma[j] * random.nextGaussian();
      }
      explicit[i] = network.withParameters(theta).outputs(x);
    }
    for (int a = 0; a < 2; a++) {
      same(products(local, a, -1), products(explicit, a, -1));
      for (int b = a; b < 2; b++) {
        same(products(local, a, b), products(explicit, a, b));
      }
    }
  }

  private static double[] products(double[][] rows, int a, int b) {
    double[] products = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      products[i] = rows[i][a] * (b < 0 ? 1 : rows[i][b]);
    }
    return products;
  }

  /** Two means of independent draws differ by less than five standard errors. */
  private static void same(double[] first, double[] second) {
    double[] one = moments(first);
    double[] two = moments(second);
    double error = Math.sqrt((one[1] + two[1]) / first.length);
    assertThat(one[0]).isCloseTo(two[0], within(5 * error));
  }

  private static double[] moments(double[] numbers) {
    double sum = 0;
    double squares = 0;
    for (double each : numbers) {
      sum += each;
      squares += each * each;
    }
    double mean = sum / numbers.length;
    return new double[] {mean, squares / numbers.length - mean * mean};
  }

  /** One layer: each sample is wrong with probability Φ(−y m/s). */
  @Test
  void errorsOfOneLayerHaveTheirProbability() {
    Network network =
        Network.sequential(2)
            .dense(
                "fc1", Tensor.of(new double[] {0.5, -0.3}, 1, 2), Tensor.of(new double[] {0.1}, 1))
            .build();
    DiagonalGaussian q =
        DiagonalGaussian.of(network.parameterVector(), new double[] {0.4, 0.7, 0.2});
    Dataset data = Datasets.of(new double[][] {{1, 0.5}, {-0.4, 1}, {2, 2}}, 1, 0, 0);
    int passes = 20_000;
    Drawn drawn = draw(network, q, data, BinaryCrossEntropy.onLogits(), passes, 11, ONE);
    double expected = 0;
    double variance = 0;
    double[][] x = {{1, 0.5}, {-0.4, 1}, {2, 2}};
    double[] sign = {1, -1, -1};
    for (int i = 0; i < 3; i++) {
      double m = 0.5 * x[i][0] - 0.3 * x[i][1] + 0.1;
      double s = Math.sqrt(0.16 * x[i][0] * x[i][0] + 0.49 * x[i][1] * x[i][1] + 0.04);
      double p = Normal.cumulative(-sign[i] * m / s);
      expected += passes * p;
      variance += passes * p * (1 - p);
    }
    assertThat(drawn.draws()).isEqualTo(3L * passes);
    assertThat((double) drawn.wrong()).isCloseTo(expected, within(5 * Math.sqrt(variance)));
  }

  @Test
  void errorsAndLossesEqualThoseOfDrawnWeights() {
    Network network = Networks.dense(Seed.of(6), Activation.RELU, true, 2, 8, 3);
    DiagonalGaussian q = Networks.around(network, 0.5, Seed.of(7));
    Dataset data = GaussianClusters.withDefaults().withClasses(3).generate(50, Seed.of(8));
    int passes = 400;
    Drawn drawn = draw(network, q, data, CLASSES, passes, 12, ONE);
    double[] x = new double[2];
    double[] y = new double[1];
    RandomGenerator random = Seed.of(9).generator();
    double[] mean = q.mean();
    double[] sigma = q.sigma();
    double[] theta = new double[mean.length];
    double[] wrong = new double[50 * passes];
    double[] clipped = new double[wrong.length];
    for (int i = 0; i < wrong.length; i++) {
      for (int j = 0; j < theta.length; j++) {
        theta[j] = mean[j] + sigma[j] * random.nextGaussian();
      }
      data.read(i % 50, 1, x, y);
      double[] f = network.withParameters(theta).outputs(x);
      wrong[i] = 1 - CLASSES.correct(f, y);
      clipped[i] = Math.min(CLASSES.value(f, y), Math.log(1e3)) / Math.log(1e3);
    }
    double[] errors = moments(wrong);
    double[] losses = moments(clipped);
    double root = Math.sqrt(2.0 / wrong.length);
    assertThat((double) drawn.wrong() / drawn.draws())
        .isCloseTo(errors[0], within(5 * root * Math.sqrt(errors[1])));
    assertThat(drawn.clippedLoss() / drawn.draws())
        .isCloseTo(losses[0], within(5 * root * Math.sqrt(losses[1])));
  }

  @Test
  void isTheSameOnAnyNumberOfThreads() {
    Network network = Networks.dense(Seed.of(6), Activation.RELU, true, 2, 8, 2);
    DiagonalGaussian q = Networks.around(network, 0.5, Seed.of(7));
    Dataset data = GaussianClusters.withDefaults().generate(1000, Seed.of(8));
    for (Precision precision : Precision.values()) {
      SurfaceOptions options = ONE.withPrecision(precision);
      Drawn one = draw(network, q, data, CLASSES, 3, 1, options);
      assertThat(draw(network, q, data, CLASSES, 3, 1, options.withThreads(3))).isEqualTo(one);
      assertThat(draw(network, q, data, CLASSES, 3, 2, options)).isNotEqualTo(one);
    }
  }

  @Test
  void tiesAreWrong() {
    Network classes =
        Network.sequential(2).dense("fc1", Tensor.of(new double[4], 2, 2), null).build();
    Network logit =
        Network.sequential(2).dense("fc1", Tensor.of(new double[2], 1, 2), null).build();
    Dataset zeros = Datasets.of(new double[][] {{0, 0}, {0, 0}}, 0, 1);
    DiagonalGaussian q = DiagonalGaussian.isotropic(new double[4], 1);
    assertThat(draw(classes, q, zeros, CLASSES, 5, 1, ONE).wrong()).isEqualTo(10);
    DiagonalGaussian two = DiagonalGaussian.isotropic(new double[2], 1);
    assertThat(draw(logit, two, zeros, BinaryCrossEntropy.onLogits(), 5, 1, ONE).wrong())
        .isEqualTo(10);
  }

  @Test
  void refusesWhatItCannotDraw() {
    Network convolution = Networks.convolution(Seed.of(1), 2);
    assertThat(LocalReparameterization.refusal(convolution))
        .hasValueSatisfying(clause -> assertThat(clause).contains("\"conv1\"", "Convolution"));
    Network network = Networks.dense(Seed.of(6), Activation.RELU, true, 2, 3, 2);
    assertThat(LocalReparameterization.refusal(network)).isEmpty();
    DiagonalGaussian q = Networks.around(network, 0.5, Seed.of(7));
    Dataset data = GaussianClusters.withDefaults().generate(10, Seed.of(8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draw(network, q, data, CLASSES, 0, 1, ONE))
        .withMessage("the number of passes is 0, expected at least 1");
    Dataset real = Datasets.of(new double[][] {{1, 2}}, new double[][] {{0.5, 0.25}});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draw(network, q, real, SquaredError.summed(), 1, 1, ONE))
        .withMessageContaining("expected a loss of classification");
    DiagonalGaussian other = DiagonalGaussian.isotropic(new double[3], 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draw(network, other, data, CLASSES, 1, 1, ONE))
        .withMessageContaining("has 3 coordinates, but the network has 17 parameters");
    Dataset wide = Datasets.of(new double[][] {{1, 2, 3}}, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> draw(network, q, wide, CLASSES, 1, 1, ONE))
        .withMessageContaining("have shape [3], but the network reads [2]");
  }

  @Test
  void stopsWhenTheMonitorSaysSo() {
    Network network = Networks.dense(Seed.of(6), Activation.RELU, true, 2, 3, 2);
    DiagonalGaussian q = Networks.around(network, 0.5, Seed.of(7));
    Dataset data = GaussianClusters.withDefaults().generate(1000, Seed.of(8));
    Monitor stopped =
        new Monitor() {
          @Override
          public void update(String task, long done, long total) {}

          @Override
          public boolean stopped() {
            return true;
          }
        };
    assertThatThrownBy(
            () ->
                LocalReparameterization.draw(
                    network, q, data, CLASSES, 1e-5, 1, Seed.of(1), ONE, stopped))
        .isInstanceOf(PassStoppedException.class);
  }

  private static Drawn draw(
      Network network,
      DiagonalGaussian q,
      Dataset data,
      Loss loss,
      int passes,
      int seed,
      SurfaceOptions options) {
    return LocalReparameterization.draw(
        network, q, data, loss, 1e-3, passes, Seed.of(seed), options, Monitor.NONE);
  }
}
