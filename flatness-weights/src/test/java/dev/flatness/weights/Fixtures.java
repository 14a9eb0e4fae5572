package dev.flatness.weights;

import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxReader;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Files of other tools; {@code fixtures.py} beside them wrote them. */
final class Fixtures {
  private Fixtures() {}

  static Path file(String name) {
    try {
      return Path.of(Fixtures.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static Network model(String name) {
    return OnnxReader.withDefaults().read(file(name)).network();
  }

  static Network model(String name, String weights) {
    ParameterFile parameters = ParameterFile.read(file(weights));
    return OnnxReader.withDefaults()
        .withWeights(parameters.tensors(), parameters.name())
        .read(file(name))
        .network();
  }
}
