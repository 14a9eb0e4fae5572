package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Datasets;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SubjectTest {
  private final AtomicInteger computed = new AtomicInteger();
  private final Fact<Integer> point = Fact.of("point", subject -> computed.incrementAndGet());
  private final Fact<String> drawn =
      Fact.random("drawn", subject -> subject.seed() + " " + computed.incrementAndGet());

  private static Subject subject() {
    Network network =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(2), List.of(), 1, Activation.RELU), Seed.of(1));
    return Subject.of(
        NetworkSurface.of(
            network,
            Datasets.of(new double[][] {{1, 2}}, new double[][] {{3}}),
            SquaredError.summed()));
  }

  @Test
  void aFactIsComputedOnceAndRandomOnesOncePerSeed() {
    Subject subject = subject();
    assertThat(subject.get(point)).isEqualTo(1);
    assertThat(subject.get(drawn)).endsWith(" 2");
    assertThat(subject.get(drawn)).endsWith(" 2");
    Subject other = subject.withSeed(Seed.of(5));
    assertThat(other.get(point)).isEqualTo(1);
    assertThat(other.get(drawn)).endsWith(" 3");
    assertThat(subject.known()).containsExactlyInAnyOrder(point, drawn);
  }

  @Test
  void aFactThatIsFoundAnotherWayReplacesWhatWasKnown() {
    Subject subject = subject();
    subject.get(point);
    subject.get(drawn);
    Subject changed = subject.where(point, it -> 100).where(drawn, it -> "other");
    assertThat(changed.known()).isEmpty();
    assertThat(changed.get(point)).isEqualTo(100);
    assertThat(changed.get(drawn)).isEqualTo("other");
    assertThat(changed.withSeed(Seed.of(5)).get(drawn)).isEqualTo("other");
    assertThat(subject.get(point)).isEqualTo(1);
    assertThat(subject.where(point, it -> 100).get(drawn)).isEqualTo(subject.get(drawn));
  }
}
