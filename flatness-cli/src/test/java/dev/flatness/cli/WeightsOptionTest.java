package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of PyTorch on the command line. */
class WeightsOptionTest {
  @TempDir Path folder;

  private static String file(String name) {
    try {
      return Path.of(WeightsOptionTest.class.getResource("weights/" + name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode measured(String... model) throws IOException {
    Path data = folder.resolve("data.csv");
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    for (int sample = 0; sample < 12; sample++) {
      text.append(random.doubles(64).mapToObj(String::valueOf).collect(Collectors.joining(",")))
          .append(',')
          .append(sample % 3)
          .append('\n');
    }
    Files.writeString(data, text);
    Path report = folder.resolve("report.json");
    String[] rest = {"--data", data.toString(), "--json", report.toString(), "--force", "--quiet"};
    String[] arguments = new String[1 + model.length + rest.length];
    arguments[0] = "measure";
    System.arraycopy(model, 0, arguments, 1, model.length);
    System.arraycopy(rest, 0, arguments, 1 + model.length, rest.length);
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    JsonNode tree = new ObjectMapper().readTree(report.toFile());
    tree.get("measures").forEach(measure -> ((ObjectNode) measure).remove("seconds"));
    return tree;
  }

  @ParameterizedTest
  @ValueSource(strings = {"b.pt", "b.safetensors"})
  void numbersAreThoseOfTheModelWithTheseParameters(String weights) throws IOException {
    JsonNode expected = measured("--model", file("kept-b.onnx"));
    JsonNode actual = measured("--model", file("kept-a.onnx"), "--weights", file(weights));

    assertThat(actual.get("measures")).isEqualTo(expected.get("measures"));
    assertThat(actual.get("loss")).isEqualTo(expected.get("loss"));
    assertThat(actual.at("/model/weights").asText()).isEqualTo(file(weights));
    assertThat(expected.at("/model/weights").isMissingNode()).isTrue();
    assertThat(measured("--model", file("kept-a.onnx")).get("loss"))
        .isNotEqualTo(expected.get("loss"));
  }

  @Test
  void theModelLineNamesBothFiles() {
    CommandRun run =
        CommandRun.of("info", "--model", file("kept-a.onnx"), "--weights", file("b.pt"));

    assertThat(run.code()).isZero();
    assertThat(run.out()).containsPattern("kept-a\\.onnx with\\s+\\S*b\\.pt: ");
    assertThat(run.out()).contains("tensors of whole numbers were left out");
  }

  @Test
  void aFileThatIsNoCheckpointIsRefused() {
    CommandRun run =
        CommandRun.of("info", "--model", file("kept-a.onnx"), "--weights", file("kept-b.onnx"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("kept-b.onnx").contains("name it by --model");
  }
}
