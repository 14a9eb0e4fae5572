package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.MeasureContract;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerturbedAccuracyTest {
  private static final Seed SEED = Seed.of(20);
  private static final int SAMPLES = 40;

  private static Network network(String seed) {
    return Initialization.KAIMING.draw(
        Architectures.perceptron(Shape.of(4), List.of(6), 3, Activation.RELU), SEED.split(seed));
  }

  /** Random inputs with the labels that the network gives them: accuracy 1. */
  private static Dataset fitted(Network network) {
    double[][] x = new double[SAMPLES][];
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      x[i] = RandomDatasets.input(network, SEED.split("input").split(i));
      double[] f = network.outputs(x[i]);
      for (int k = 1; k < f.length; k++) {
        labels[i] = f[k] > f[labels[i]] ? k : labels[i];
      }
    }
    return Datasets.of(x, labels);
  }

  private static Subject subject(Network network, Dataset data, Loss loss, Settings settings) {
    return Subject.of(NetworkSurface.of(network, data, loss), settings, Monitor.NONE, SEED);
  }

  private static Settings initial(Network network) {
    return Settings.withDefaults().with(InitialNetwork.INITIAL, InitialNetwork.of(network));
  }

  private static Subject trained() {
    Network network = network("trained");
    return subject(
        network, fitted(network), SoftmaxCrossEntropy.onLogits(), initial(network("initial")));
  }

  private static Estimate of(String id, Subject subject) {
    return PerturbedAccuracy.of(id).evaluate(subject).get(0);
  }

  /** The formulas written out for one id, in plain loops. */
  private static double bruteForce(String id, Map<String, Object> details, double[] w, double[] d) {
    double sigma = details.get("sigma") instanceof Double value ? value : Double.NaN;
    double ww = 0;
    double dd = 0;
    for (int i = 0; i < w.length; i++) {
      ww += w[i] * w[i];
      dd += d[i] * d[i];
    }
    int omega = w.length;
    double tail = Math.log(SAMPLES) - Math.log(sigma) + 10;
    double alpha = details.get("alpha") instanceof Double value ? value : Double.NaN;
    double l = Math.log(2) + Math.log(omega);
    return switch (id) {
      case "pacbayes-orig" -> ww / (4 * sigma * sigma) + tail;
      case "pacbayes-init" -> dd / (4 * sigma * sigma) + tail;
      case "pacbayes-flatness", "pacbayes-mag-flatness" -> Math.pow(sigma, -2);
      case "sharpness-flatness", "sharpness-mag-flatness" -> Math.pow(alpha, -2);
      case "sharpness-orig" -> ww * l / (4 * alpha * alpha) + tail;
      case "sharpness-init" -> dd * l / (4 * alpha * alpha) + tail;
      case "pacbayes-mag-orig" -> logarithms(sigma, 1, ww, d) + tail;
      case "pacbayes-mag-init" -> logarithms(sigma, 1, dd, d) + tail;
      case "sharpness-mag-orig" -> logarithms(alpha, 4 * l, ww, d) + tail;
      case "sharpness-mag-init" -> logarithms(alpha, 4 * l, dd, d) + tail;
      default -> throw new AssertionError(id);
    };
  }

  private static double logarithms(double s, double c, double norm, double[] d) {
    double sum = 0;
    for (double x : d) {
      sum += Math.log(1e-6 + (s * s + c) * norm / d.length) - Math.log(1e-6 + s * s * x * x);
    }
    return sum / 4;
  }

  @Test
  void everyFormulaEqualsItsSum() {
    Subject subject = trained();
    double[] w = subject.theta();
    double[] start = network("initial").parameterVector();
    double[] d = new double[w.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = w[i] - start[i];
    }
    assertThat(PerturbedAccuracy.all()).hasSize(12);
    for (PerturbedAccuracy measure : PerturbedAccuracy.all()) {
      Estimate found = measure.evaluate(subject).get(0);
      double expected = bruteForce(measure.id(), found.details(), w, d);
      assertThat(found.value())
          .as(found.toString())
          .isCloseTo(expected, within(1e-12 * Math.abs(expected)));
      assertThat(found.status()).isIn(Status.ESTIMATED, Status.LOWER_BOUND);
      assertThat(found.method()).isEqualTo("bisection");
    }
  }

  /** Prior and posterior of pacbayes-mag-init: half of their divergence, the prior's scale best. */
  @Test
  void theMagnitudeAwareTermIsHalfADivergence() {
    Subject subject = trained();
    Estimate found = of("pacbayes-mag-init", subject);
    double sigma = (double) found.details().get("sigma");
    double[] w = subject.theta();
    double[] start = network("initial").parameterVector();
    double[] deviations = new double[w.length];
    double variance = 0;
    for (int i = 0; i < w.length; i++) {
      double d = w[i] - start[i];
      deviations[i] = Math.sqrt(sigma * sigma * d * d + 1e-6);
      variance += (deviations[i] * deviations[i] + d * d) / w.length;
    }
    double divergence =
        DiagonalGaussian.of(w, deviations)
            .divergenceFrom(DiagonalGaussian.isotropic(start, Math.sqrt(variance)));
    assertThat(found.value() - Math.log(SAMPLES / sigma) - 10)
        .isCloseTo(divergence / 2, within(1e-12 * divergence));
  }

  @Test
  void anErrorOfTheScaleGoesThroughTheFormula() {
    Estimate flatness = of("pacbayes-flatness", trained());
    Estimate orig = of("pacbayes-orig", trained());
    double sigma = (double) flatness.details().get("sigma");
    double logError = flatness.standardError().orElseThrow() / (2 * flatness.value());
    assertThat(logError).isBetween(1e-3, 0.5);
    double[] w = trained().theta();
    double norm = 0;
    for (double each : w) {
      norm += each * each;
    }
    double expected = (2 * norm / (4 * sigma * sigma) + 1) * logError;
    assertThat(orig.standardError().orElseThrow()).isCloseTo(expected, within(1e-6 * expected));
    assertThat(orig.interval()).isPresent();
    assertThat(orig.details()).containsEntry("draws", 10);
  }

  @Test
  void withoutLabelsNothingIsDefined() {
    Network network = network("trained");
    Dataset data = RandomDatasets.real(network, 5, SEED);
    Subject subject = subject(network, data, SquaredError.summed(), initial(network("initial")));
    for (PerturbedAccuracy measure : PerturbedAccuracy.all()) {
      assertThat(measure.inapplicable(subject))
          .contains(
              "it needs labels, and under the loss \"squared-error\" no sample is right or wrong");
    }
    assertThat(Margin.withDefaults().inapplicable(subject)).isPresent();
    assertThat(WeightProduct.spectral().inapplicable(subject)).isEmpty();
  }

  @Test
  void theInitialNetworkIsAskedForWhereItIsNeeded() {
    Network network = network("trained");
    Subject without =
        subject(network, fitted(network), SoftmaxCrossEntropy.onLogits(), Settings.withDefaults());
    for (String id :
        List.of("pacbayes-init", "pacbayes-mag-orig", "pacbayes-mag-init", "sharpness-init")) {
      assertThat(PerturbedAccuracy.of(id).inapplicable(without))
          .contains(
              "it measures from the network that training started from, which is not given"
                  + " (--initial)");
    }
    for (String id : List.of("pacbayes-orig", "pacbayes-mag-flatness", "sharpness-orig")) {
      assertThat(PerturbedAccuracy.of(id).inapplicable(without)).isEmpty();
    }
    Network other = Architectures.perceptron(Shape.of(4), List.of(5), 3, Activation.RELU);
    Subject wrong =
        subject(network, fitted(network), SoftmaxCrossEntropy.onLogits(), initial(other));
    assertThat(PerturbedAccuracy.of("pacbayes-init").inapplicable(wrong).orElseThrow())
        .isEqualTo(
            "the initial network (given) has parameters of shapes [[5, 4], [5], [3, 5], [3]],"
                + " expected [[6, 4], [6], [3, 6], [3]] as the trained network; name the network"
                + " that this training started from");
  }

  @Test
  void anInitialNetworkIsReadFromAFile(@TempDir Path folder) {
    Path file = folder.resolve("w0.onnx");
    OnnxWriter.withDefaults().write(network("initial"), file);
    Settings settings = Settings.withDefaults().parse(InitialNetwork.INITIAL, file.toString());
    assertThat(settings.get(InitialNetwork.INITIAL).parametersOf(network("trained")))
        .containsExactly(network("initial").parameterVector());
    assertThat(settings.recorded(List.of())).containsEntry("initial", file.toString());
    assertThat(Files.exists(file)).isTrue();
    assertThatThrownBy(() -> InitialNetwork.file(Path.of("w0.pt")).parametersOf(network("trained")))
        .hasMessage(
            "the initial network is named as \"w0.pt\", which no installed reader reads; name a"
                + " .onnx file");
  }

  @Test
  void accuracyThatCannotFallIsSaid() {
    Network network = network("trained");
    Dataset data = fitted(network);
    double[] x = new double[SAMPLES * 4];
    double[] labels = new double[SAMPLES];
    data.read(0, SAMPLES, x, labels);
    double[][] rows = new double[SAMPLES][4];
    int[] wrong = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      System.arraycopy(x, 4 * i, rows[i], 0, 4);
      wrong[i] = ((int) labels[i] + 1) % 3;
    }
    Subject subject =
        subject(
            network,
            Datasets.of(rows, wrong),
            SoftmaxCrossEntropy.onLogits(),
            Settings.withDefaults());
    for (String id : List.of("pacbayes-orig", "sharpness-flatness")) {
      assertThat(of(id, subject).status()).isEqualTo(Status.NOT_APPLICABLE);
      assertThat(of(id, subject).reason())
          .contains("the accuracy is 0.0, so it cannot fall by more than 0.1");
    }
  }

  @Test
  void unknownIdsAreRefused() {
    assertThatThrownBy(() -> PerturbedAccuracy.of("pacbayes-norm"))
        .hasMessageContaining("\"pacbayes-norm\" does not exist, expected one of [pacbayes-orig,");
  }

  @Nested
  class OfTheMargin extends MeasureContract {
    @Override
    protected Margin measure() {
      return Margin.withDefaults();
    }
  }
}
