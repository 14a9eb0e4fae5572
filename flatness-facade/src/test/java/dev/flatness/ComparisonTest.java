package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  @Test
  void tellsWhatMovedAndLeavesListsOut() {
    Network network =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(4), List.of(5, 5), 3, Activation.RELU), Seed.of(1));
    Network rescaled = Rescaling.random(ScaleClasses.of(network), 4, Seed.of(2)).applyTo(network);
    Comparison comparison = Comparison.of(report(network), report(rescaled));
    assertThat(comparison.holds(Scaling.NEURON_WISE)).isTrue();
    assertThat(comparison.numbers(true))
        .extracting(row -> row.before().id())
        .containsExactly("hessian-trace", "hessian-trace", "hessian-trace", "hessian-trace");
    assertThat(comparison.numbers(false))
        .extracting(row -> row.before().id())
        .contains("volume-flatness", "path-norm-1")
        .doesNotContain("basis-path-values", "rho");
    assertThat(comparison.rows())
        .filteredOn(row -> row.before().id().equals("volume-flatness"))
        .allSatisfy(row -> assertThat(row.before().status()).isEqualTo(Status.INFINITE))
        .allSatisfy(row -> assertThat(row.moved()).isFalse());
    assertThat(comparison.rows())
        .extracting(row -> row.before().id())
        .contains("basis-path-values", "rho");
  }

  private static FlatnessReport report(Network network) {
    Dataset data = RandomDatasets.labelled(network, 30, Seed.of(3));
    return Flatness.of(network)
        .on(data, SoftmaxCrossEntropy.onLogits())
        .measure("hessian-trace", "volume-flatness", "path-norm-1", "basis-path-values", "rho")
        .report();
  }
}
