package dev.flatness.basispath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.data.Dataset;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import dev.flatness.training.SgdTrainer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PsiOrderingTest {
  private static final Seed SEED = Seed.of(5);

  private static Subject trained(Activation activation, double epsilon) {
    Network start =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(3), List.of(5), 2, activation), SEED);
    Dataset data = RandomDatasets.labelled(start, 16, SEED.split("data"));
    Network network =
        SgdTrainer.withDefaults()
            .withEpochs(30)
            .train(start, data, SoftmaxCrossEntropy.onLogits(), SEED.split("training"))
            .network();
    Settings settings = Settings.withDefaults().with(EpsilonSharpness.EPSILON, epsilon);
    return Subject.of(
        NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()),
        settings,
        Monitor.NONE,
        SEED);
  }

  @Test
  void aTrainedNetworkIsInOrder() {
    PsiOrdering ordering = PsiOrdering.of(trained(Activation.RELU, 1e-6));
    assertThat(ordering.holds()).as(ordering.toString()).isTrue();
    assertThat(ordering.toString()).contains("(lower-bound)", "in order");
    assertThat(ordering.epsilon()).isEqualTo(1e-6);
  }

  @Test
  void theTermOfTheTraceIsTheMeanOverASphere() {
    Subject subject = trained(Activation.RELU, 1e-4);
    PsiOrdering ordering = PsiOrdering.of(subject);
    BasisPaths paths = subject.get(PsiPoint.FACT).point().paths();
    PulledBackSurface surface = new PulledBackSurface(subject.surface(), paths.coordinates());
    double[] v = paths.values();
    RandomGenerator random = SEED.split("sphere").generator();
    int pairs = 4000;
    double sum = 0;
    double squares = 0;
    double center = surface.value(v);
    for (int i = 0; i < pairs; i++) {
      double[] u = new double[v.length];
      double norm = 0;
      for (int j = 0; j < u.length; j++) {
        u[j] = random.nextGaussian();
        norm += u[j] * u[j];
      }
      double[] plus = v.clone();
      double[] minus = v.clone();
      for (int j = 0; j < u.length; j++) {
        plus[j] += 1e-4 * u[j] / Math.sqrt(norm);
        minus[j] -= 1e-4 * u[j] / Math.sqrt(norm);
      }
      double rise = (surface.value(plus) + surface.value(minus)) / 2 - center;
      sum += rise;
      squares += rise * rise;
    }
    double mean = sum / pairs;
    double error = Math.sqrt((squares / pairs - mean * mean) / pairs);
    assertThat(ordering.trace().value()).isCloseTo(mean, within(5 * error));
    assertThat(error).isLessThan(0.1 * Math.abs(mean));
  }

  @Test
  void aRescalingChangesNoneOfTheNumbers() {
    Subject subject = trained(Activation.RELU, 1e-5);
    PsiOrdering before = PsiOrdering.of(subject);
    Rescaling rescaling =
        Rescaling.randomPowersOfTwo(ScaleClasses.of(subject.network()), 4, SEED.split("powers"));
    PsiOrdering after = PsiOrdering.of(subject.at(rescaling.applyTo(subject.network())));
    assertThat(after.trace().value()).isCloseTo(before.trace().value(), within(1e-12));
    assertThat(after.highest().value())
        .isCloseTo(before.highest().value(), within(1e-9 * before.highest().value()));
  }

  @Test
  void aViolationIsReportedWithTheStatusOfTheSearch() {
    Outcome low = Outcome.of(1, "search", Status.LOWER_BOUND);
    Outcome two = Outcome.exact(2);
    PsiOrdering trace = new PsiOrdering(0.1, low, two, Outcome.exact(0.5));
    assertThat(trace.holds()).isFalse();
    assertThat(trace.toString()).contains("(lower-bound)", "the trace predicts more");
    PsiOrdering average = new PsiOrdering(0.1, low, Outcome.exact(0.5), two);
    assertThat(average.aboveTrace()).isTrue();
    assertThat(average.toString()).contains("the average changes by more");
    Outcome uncertain = Outcome.of(1.3, "probes", Status.ESTIMATED).withStandardError(0.1);
    assertThat(new PsiOrdering(0.1, low, uncertain, Outcome.exact(0)).holds()).isTrue();
  }

  @Test
  void aRadiusOutsideTheChartIsRefused() {
    assertThatThrownBy(() -> PsiOrdering.of(trained(Activation.RELU, 1e3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("psi-epsilon-sharpness has no number here: epsilon 1000.0 reaches");
  }
}
