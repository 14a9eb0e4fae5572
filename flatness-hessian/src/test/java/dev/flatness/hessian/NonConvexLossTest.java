package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.Loss;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A loss that curves both ways in the outputs has no closed forms; products need none. */
class NonConvexLossTest {
  /** Σ_k sin (2 (f_k − y_k)). */
  private static final class Sines implements Loss {
    @Override
    public String id() {
      return "sines";
    }

    @Override
    public double value(double[] outputs, double[] target) {
      double sum = 0;
      for (int k = 0; k < outputs.length; k++) {
        sum += Math.sin(2 * (outputs[k] - target[k]));
      }
      return sum;
    }

    @Override
    public void gradient(double[] outputs, double[] target, double[] gradient) {
      for (int k = 0; k < outputs.length; k++) {
        gradient[k] = 2 * Math.cos(2 * (outputs[k] - target[k]));
      }
    }

    @Override
    public void hessianProduct(
        double[] outputs, double[] target, double[] vector, double[] product) {
      for (int k = 0; k < outputs.length; k++) {
        product[k] = -4 * Math.sin(2 * (outputs[k] - target[k])) * vector[k];
      }
    }

    @Override
    public void check(Dataset dataset, int outputs) {}
  }

  private enum Kind {
    RELU(Activation.RELU),
    TANH(Activation.TANH);

    private final Activation activation;

    Kind(Activation activation) {
      this.activation = activation;
    }
  }

  private static NetworkSurface surface(Kind kind) {
    Network network =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(4), List.of(6, 5), 2, kind.activation), Seed.of(1));
    return NetworkSurface.of(network, RandomDatasets.real(network, 30, Seed.of(2)), new Sines());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyMeasureGivesANumberOrAReason(Kind kind) {
    Subject subject = Subject.of(surface(kind));
    Map<String, Estimate> found = new LinkedHashMap<>();
    for (Measure measure : new HessianMeasures().measures()) {
      for (Estimate estimate : measure.evaluate(subject)) {
        found.put(estimate.id() + estimate.layer().map(layer -> "@" + layer).orElse(""), estimate);
      }
    }
    for (String id : List.of("orbit-minimal-trace", "normalized-sharpness")) {
      assertThat(found.get(id).status()).as(id).isEqualTo(Status.NOT_APPLICABLE);
      assertThat(found.get(id).reason().orElseThrow())
          .startsWith("loss \"sines\" is not convex in the outputs");
    }
    SymmetricOperator hessian = subject.surface().hessian(subject.theta());
    assertTrace(found.get("hessian-trace"), DenseSymmetric.of(hessian).trace());
    for (Node layer : subject.layers()) {
      DenseSymmetric own =
          DenseSymmetric.of(Hessian.ofLayer(subject.surface(), layer).at(subject.theta()));
      assertTrace(found.get("hessian-trace@" + layer.name()), own.trace());
      double[] eigenvalues = own.eigenvalues();
      double top = eigenvalues[eigenvalues.length - 1];
      assertThat(found.get("hessian-top-eigenvalue@" + layer.name()).value())
          .isCloseTo(top, within(1e-7 * own.frobeniusNorm()));
      // Up to 32 neurons are multiplied one by one.
      assertThat(found.get("rho-sum@" + layer.name()).status()).isEqualTo(Status.EXACT);
    }
    assertThat(found.get("log-weight-trace").status()).isEqualTo(Status.EXACT);
  }

  @Test
  void normalizedFlatnessHasNoNumberAndTheRowsTakeProducts() {
    Subject subject = Subject.of(surface(Kind.RELU));
    for (Estimate estimate : RelativeFlatness.withDefaults().normalized().evaluate(subject)) {
      assertThat(estimate.status()).isEqualTo(Status.NOT_APPLICABLE);
    }
    BruteForce truth = new BruteForce(subject.surface());
    List<Estimate> maxima = RelativeFlatnessMax.withDefaults().evaluate(subject);
    for (int l = 0; l < maxima.size(); l++) {
      double expected = RelativeFlatnessMaxTest.expected(truth.new Block(subject.layers().get(l)));
      assertThat(maxima.get(l).value())
          .isCloseTo(expected, within(1e-6 * Math.abs(expected) + 1e-9));
    }
  }

  /** Exact by quadratic forms, where there are no closed forms. */
  private static void assertTrace(Estimate estimate, double trace) {
    assertThat(estimate.status()).isEqualTo(Status.EXACT);
    assertThat(estimate.value()).isCloseTo(trace, within(1e-9 * Math.abs(trace) + 1e-10));
  }
}
