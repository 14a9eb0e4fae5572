package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A last layer saved alone with its inputs is measured as it is inside its network. */
class InputsAreFeaturesTest {
  private static final int SAMPLES = 12;
  private final RandomGenerator random = Seed.of(41).generator();

  private Tensor draw(int... extents) {
    int size = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
    return Tensor.of(random.doubles(size).map(u -> 2 * u - 1).toArray(), extents);
  }

  private static List<Estimate> measured(Network network, Dataset data, SurfaceOptions options) {
    NetworkSurface surface =
        NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits(), options);
    return RelativeFlatness.withDefaults().normalized().evaluate(Subject.of(surface));
  }

  @Test
  void theLayerAloneHasTheNumberOfTheLayerInItsNetwork() {
    Tensor hidden = draw(6, 4);
    Tensor bias = draw(6);
    Tensor last = draw(3, 6);
    Tensor x = draw(SAMPLES, 4);
    int[] labels = random.ints(SAMPLES, 0, 3).toArray();

    GraphBuilder graph = Network.builder(4);
    int features =
        graph.activate("relu", graph.dense("fc1", graph.input(), hidden, bias), Activation.RELU);
    Network whole = graph.build(graph.dense("fc2", features, last, null));
    Network head = Network.sequential(6).dense("fc2", last, null).build();

    double[][] rows = new double[SAMPLES][];
    Dataset data = Datasets.of(x, labels);
    for (int i = 0; i < SAMPLES; i++) {
      double[] input = new double[4];
      data.read(i, 1, input, new double[1]);
      rows[i] = whole.activations(input).get(2);
    }
    Dataset saved = Datasets.of(rows, labels);
    SurfaceOptions options = SurfaceOptions.withDefaults();
    Estimate inside = measured(whole, data, options).get(1);
    Estimate alone = measured(head, saved, options.withInputsAreFeatures(true)).get(0);
    assertThat(alone.layer()).isEqualTo(inside.layer());
    assertThat(alone.value()).isCloseTo(inside.value(), within(1e-13 * inside.value()));
    assertThat(measured(head, saved, options).get(0).status()).isEqualTo(Status.NOT_APPLICABLE);
  }
}
