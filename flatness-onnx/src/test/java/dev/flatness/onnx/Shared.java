package dev.flatness.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Models and data that lie beside the checkout; tests without them are skipped. */
final class Shared {
  private Shared() {}

  static Path folder(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(name);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return Assumptions.abort("there is no folder shared/" + name + " beside the checkout");
  }
}
