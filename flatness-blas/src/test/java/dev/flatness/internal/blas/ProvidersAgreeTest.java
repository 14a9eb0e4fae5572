package dev.flatness.internal.blas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.GemmProvider;
import dev.flatness.linalg.Gemms;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which provider multiplies changes no number of a surface by more than 1e-12 of its size. */
class ProvidersAgreeTest {
  private static final Network PERCEPTRON =
      Initialization.KAIMING.draw(
          Architectures.perceptron(Shape.of(60), List.of(90, 70), 10, Activation.RELU), Seed.of(1));
  private static final Network LENET =
      Initialization.KAIMING.draw(Architectures.lenet5(Shape.of(1, 28, 28), 10), Seed.of(2));

  static Stream<String> available() {
    return Gemms.candidates().stream()
        .filter(candidate -> candidate.outcome() instanceof GemmProvider.Loaded)
        .map(Gemms.Candidate::id)
        .filter(id -> !id.equals("plain"));
  }

  @ParameterizedTest
  @MethodSource("available")
  void onAPerceptron(String provider) {
    assertAgreement(PERCEPTRON, 300, provider);
  }

  @ParameterizedTest
  @MethodSource("available")
  void onLeNet(String provider) {
    assertAgreement(LENET, 5, provider);
  }

  private static void assertAgreement(Network network, int samples, String provider) {
    List<double[]> expected = numbers(network, samples, "plain");
    List<double[]> found = numbers(network, samples, provider);
    for (int i = 0; i < expected.size(); i++) {
      double size = Arrays.stream(expected.get(i)).map(Math::abs).max().orElseThrow();
      assertThat(found.get(i)).containsExactly(expected.get(i), within(1e-12 * size));
    }
  }

  /** Loss, gradient, a block of Hessian products, the diagonal and the layers' measures. */
  private static List<double[]> numbers(Network network, int samples, String provider) {
    Dataset data = RandomDatasets.labelled(network, samples, Seed.of(3));
    NetworkSurface surface =
        NetworkSurface.of(
            network,
            data,
            SoftmaxCrossEntropy.onLogits(),
            SurfaceOptions.withDefaults().withGemm(provider));
    double[] theta = network.parameterVector();
    double[] gradient = new double[theta.length];
    List<double[]> numbers = new ArrayList<>();
    numbers.add(new double[] {surface.valueAndGradient(theta, gradient)});
    numbers.add(gradient);
    RandomGenerator random = Seed.of(4).generator();
    double[][] vectors = new double[3][theta.length];
    double[][] products = new double[3][theta.length];
    for (double[] vector : vectors) {
      Arrays.setAll(vector, i -> random.nextGaussian());
    }
    surface.hessian(theta).apply(vectors, products);
    numbers.addAll(List.of(products));
    ClosedForms forms = surface.closedForms(theta);
    numbers.add(forms.diagonal());
    forms
        .layers()
        .forEach(
            layer -> {
              numbers.add(layer.rhoColumns());
              numbers.add(layer.rhoRows());
              numbers.add(new double[] {layer.relativeFlatness()});
            });
    return numbers;
  }
}
