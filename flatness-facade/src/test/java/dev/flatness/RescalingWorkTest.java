package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.cost.Work;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import java.util.List;
import org.junit.jupiter.api.Test;

class RescalingWorkTest {
  private static final Network NETWORK =
      Architectures.perceptron(Shape.of(3), List.of(5, 4), 2, Activation.RELU);
  private static final RescalingRequest REQUEST =
      RescalingRequest.of(NETWORK)
          .on(RandomDatasets.labelled(NETWORK, 10, Seed.of(2)), SoftmaxCrossEntropy.onLogits());

  private static double passes(List<Work> work) {
    return work.stream().mapToDouble(Work::passes).sum();
  }

  @Test
  void aNumberIsTakenBeforeAndAfter() {
    for (String id : List.of("hessian-trace", "hessian-top-eigenvalue", "epsilon-sharpness")) {
      List<Work> once =
          Flatness.of(NETWORK)
              .on(RandomDatasets.labelled(NETWORK, 10, Seed.of(2)), SoftmaxCrossEntropy.onLogits())
              .measure(id)
              .work();
      assertThat(passes(REQUEST.work(id))).isGreaterThanOrEqualTo(2 * passes(once));
    }
    assertThat(REQUEST.work("hessian-trace@fc1")).isEqualTo(REQUEST.work("hessian-trace"));
  }

  @Test
  void withoutDataThereIsNone() {
    assertThat(RescalingRequest.of(NETWORK).work("hessian-trace")).isEmpty();
  }

  @Test
  void aNumberThatNothingMovesHasNone() {
    assertThatThrownBy(() -> REQUEST.work("rho-sum")).hasMessageContaining("so none moves it");
    assertThatThrownBy(() -> REQUEST.work("kappa-tau@fc1"))
        .hasMessageContaining("of a single layer only the trace can be moved");
  }
}
