package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flatness.data.DataSource;
import dev.flatness.data.Datasets;
import dev.flatness.data.Preprocessing;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files with operators that people have, against dense Hessians of another tool (PyTorch 1.13 in
 * float64).
 */
class OperatorCasesTest {
  @TempDir Path folder;

  private Path file(String name, String file) throws IOException {
    Path path = folder.resolve(file);
    try (InputStream in = getClass().getResourceAsStream("field/" + name + "/" + file)) {
      Files.write(path, in.readAllBytes());
    }
    return path;
  }

  private Network network(String name) throws IOException {
    return OnnxReader.withDefaults().read(file(name, "network.onnx")).network();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dueling-head", "gelu-tanh-written-out"})
  void measuresAreThoseOfTheDenseHessian(String name) throws IOException {
    Network network = network(name);
    JsonNode right = new ObjectMapper().readTree(file(name, "expected.json").toFile()).get("right");
    assertThat(network.parameterCount()).isEqualTo(right.get("parameters").asInt());
    try (var data =
        Datasets.open(
            DataSource.of(file(name, "data.npz")),
            network.inputShape(),
            Preprocessing.withDefaults())) {
      var report =
          Flatness.of(network)
              .on(data, SoftmaxCrossEntropy.onLogits())
              .measure(
                  "hessian-top-eigenvalue", "hessian-bottom-eigenvalue", "hessian-frobenius-norm")
              .report();
      assertClose(report.network("hessian-top-eigenvalue").value(), right.get("topEigenvalue"));
      assertClose(
          report.network("hessian-bottom-eigenvalue").value(), right.get("bottomEigenvalue"));
      assertClose(report.network("hessian-frobenius-norm").value(), right.get("frobenius"));
      NetworkSurface surface = NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits());
      double[] theta = network.parameterVector();
      assertClose(surface.evaluate(theta).loss(), right.get("loss"));
      assertClose(DenseSymmetric.of(surface.hessian(theta)).trace(), right.get("trace"));
    }
  }

  private static void assertClose(double actual, JsonNode expected) {
    double value = expected.asDouble();
    assertThat(actual).isCloseTo(value, within(1e-9 * Math.abs(value)));
  }

  @Test
  void aDuelingHeadIsPiecewiseLinear() throws IOException {
    assertThat(network("dueling-head").piecewiseLinear()).isTrue();
  }

  @Test
  void theTanhFormOfGeluIsOneActivation() throws IOException {
    assertThat(network("gelu-tanh-written-out").nodes())
        .extracting(node -> (Object) node.layer())
        .contains(new Layer.Activate(Activation.GELU_TANH));
  }

  /** The batch of one goes to the second axis and back. */
  @Test
  void aBatchOfOneIsFollowedToAnotherAxis() throws IOException {
    Network network = network("flatten-message");
    double[] theta = network.parameterVector();
    double[] x = {1, -2, 0.5, 3};
    double[] expected = new double[3];
    for (int s = 0; s < 3; s++) {
      expected[s] = theta[12 + s];
      for (int j = 0; j < 4; j++) {
        expected[s] += theta[4 * s + j] * x[j];
      }
    }
    double[] y = network.outputs(x);
    for (int s = 0; s < 3; s++) {
      assertThat(y[s]).isCloseTo(expected[s], within(1e-14));
    }
  }
}
