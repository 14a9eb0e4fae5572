package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flatness.network.Network;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command without a module that reads other formats; flatness-nd4j tests it with DL4J. */
class ConvertCommandTest {
  @TempDir private Path folder;

  private static void assertRefused(CommandRun run, String words) {
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("flatness: " + words + "\n");
  }

  @Test
  void withoutDl4jOneLineTellsHowToGetIt() throws IOException {
    Path model = Files.write(folder.resolve("model.zip"), new byte[] {'P', 'K'});
    assertRefused(
        CommandRun.of("convert", model.toString(), folder.resolve("m.onnx").toString()),
        "this installation cannot read "
            + model
            + ", because it was made without DL4J; FLATNESS_DL4J=yes ./flatness install DIR, in a"
            + " checkout, makes one that can");
    assertThat(folder.resolve("m.onnx")).doesNotExist();
  }

  @Test
  void whatIsNoModelOfDl4jIsNamed() {
    String target = folder.resolve("m.onnx").toString();
    assertRefused(
        CommandRun.of("convert", "model.onnx", target),
        "model.onnx is an ONNX file, which needs no conversion; name a model of DL4J (.zip)");
    assertRefused(
        CommandRun.of("convert", "model.pt", target),
        "model.pt is of no format that can be converted; name a model of DL4J (.zip)");
  }

  @Test
  void anExistingFileStays() throws IOException {
    Path target = Files.writeString(folder.resolve("m.onnx"), "kept");
    CommandRun run = CommandRun.of("convert", "model.zip", target.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(target.toString()).contains("--force");
    assertThat(target).hasContent("kept");
  }

  @Test
  void aNetworkWithOtherOutputsIsNotWritten() {
    Path source = Path.of("model.zip");
    Network network =
        Network.sequential(3)
            .dense("fc", Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3), null)
            .build();
    ConvertCommand.requireAlike(source, network, network::outputs);
    for (double factor : new double[] {1 + 1e-4, 1.01, Double.NaN}) {
      UnaryOperator<double[][]> original =
          inputs ->
              Arrays.stream(network.outputs(inputs))
                  .map(row -> Arrays.stream(row).map(y -> factor * y).toArray())
                  .toArray(double[][]::new);
      if (factor < 1.001) {
        ConvertCommand.requireAlike(source, network, original);
      } else {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> ConvertCommand.requireAlike(source, network, original))
            .withMessageStartingWith(
                "the outputs of model.zip and of the network made of it differ")
            .withMessageContaining("expected at most 1e-03; nothing was written");
      }
    }
  }

  @Test
  void otherCommandsSayToConvert() {
    for (String command : new String[] {"info", "measure"}) {
      CommandRun run =
          command.equals("info")
              ? CommandRun.of(command, "--model", "model.zip")
              : CommandRun.of(command, "--model", "model.zip", "--data", "none.npz");
      assertRefused(
          run,
          "model.zip is no ONNX file; if it is a model of DL4J, convert it first: flatness convert"
              + " model.zip model.onnx");
    }
  }
}
