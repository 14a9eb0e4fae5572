package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A number that leaves the range of doubles is told of its own measure; the others go on. */
class ExtremeWeightsTest {
  private static final double[] FIRST = {0.5, -0.25, 0.3, 0.7, -0.6, 0.2};
  private static final double[] SECOND = {0.4, 0.35, -0.9, -0.3, 0.8, 0.1};

  private static Network network(Activation function, double first, double second) {
    double[] w1 = Arrays.stream(FIRST).map(w -> first * w).toArray();
    double[] w2 = Arrays.stream(SECOND).map(w -> second * w).toArray();
    return Network.sequential(2)
        .dense("a", Tensor.of(w1, 3, 2), null)
        .activate(function)
        .dense("b", Tensor.of(w2, 2, 3), null)
        .build();
  }

  private static FlatnessReport measure(Network network, String... measures) {
    Dataset data = RandomDatasets.labelled(network, 5, Seed.of(3));
    return Flatness.of(network).on(data, SoftmaxCrossEntropy.onLogits()).measure(measures).report();
  }

  @ParameterizedTest
  @CsvSource({
    "RELU, 1e200, 1e-200",
    "RELU, 1e-200, 1e200",
    "RELU, 1e200, 1",
    "RELU, 1e-160, 1",
    "RELU, 1e160, 0",
    "TANH, 1e200, 1e-200",
    "TANH, 1e-200, 1e200",
    "TANH, 1e200, 1",
    "TANH, 1e160, 1e160",
    "TANH, 1, 0"
  })
  void everyMeasureEndsWithAStatusOfItsOwn(Activation.Kind kind, double first, double second) {
    Network network = network(new Activation(kind, List.of()), first, second);
    FlatnessReport report = measure(network, "all");
    for (Estimate estimate : report.estimates()) {
      boolean finite = DoubleStream.of(estimate.values()).allMatch(Double::isFinite);
      boolean explained =
          estimate.reason().isPresent() || estimate.details().containsKey("logValue");
      assertThat(finite || explained || estimate.status() == Status.INFINITE)
          .as(estimate.toString())
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"1e200, 1e-200", "1e-200, 1e200"})
  void theOtherNumbersAreThoseOfTheSameFunction(double first, double second) {
    Network network = network(Activation.RELU, first, second);
    String[] ids = {
      "l2-norm-squared-at-minimum-norm", "path-norm-1", "path-norm-2", "fisher-rao-norm"
    };
    FlatnessReport report = measure(network, ids);
    FlatnessReport usual = measure(network(Activation.RELU, 1, 1), ids);
    Estimate gauged = report.network("l2-norm-squared-at-minimum-norm");
    assertThat(gauged.status()).isEqualTo(Status.OVERFLOW);
    assertThat(gauged.reason().orElseThrow()).contains("whose square leaves the range of doubles");
    for (int i = 1; i < ids.length; i++) {
      double right = usual.network(ids[i]).value();
      assertThat(report.network(ids[i]).value()).as(ids[i]).isCloseTo(right, within(1e-12 * right));
    }
  }
}
