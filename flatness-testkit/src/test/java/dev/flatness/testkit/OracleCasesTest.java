package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OracleCasesTest {
  @Test
  void everyCaseIsCopiedWhole(@TempDir Path folder) throws Exception {
    for (String name : OracleCases.names()) {
      Path copy = OracleCases.copyTo(name, Files.createDirectory(folder.resolve(name)));
      assertThat(copy.resolve("network.onnx")).isNotEmptyFile();
      assertThat(copy.resolve("data.npz")).isNotEmptyFile();
      assertThat(Files.readString(copy.resolve("expected.json"))).contains("\"hessian-trace\"");
    }
  }

  @Test
  void rejectsUnknownCasesAndFiles() {
    assertThatThrownBy(() -> OracleCases.open("vgg", "data.npz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no oracle case \"vgg\"; the cases are [mlp-equal-width, mlp-bias-unequal,"
                + " mlp-bias-unequal-rescaled, mlp-untrained, mlp-regression, lenet-small,"
                + " residual-small]");
    assertThatThrownBy(() -> OracleCases.open("lenet-small", "weights.bin"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "an oracle case has no file \"weights.bin\"; its files are [network.onnx, data.npz,"
                + " expected.json]");
  }
}
