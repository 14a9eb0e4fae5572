package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.onnx.OnnxWriter;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and requests made to mislead or never to end. */
class HostileFilesTest {
  @TempDir private Path folder;

  private String resource(String name) {
    try (InputStream in = getClass().getResourceAsStream("hostile/" + name)) {
      Path file = folder.resolve(name);
      Files.write(file, in.readAllBytes());
      return file.toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private CommandRun spectrum(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "spectrum",
                "--model",
                resource("spectrum-csv.onnx"),
                "--data",
                resource("spectrum-csv.npz"),
                "--loss",
                "cross-entropy"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void aResidualThatIsNotFiniteIsAnEmptyCell() throws IOException {
    Path csv = folder.resolve("spectrum.csv");
    CommandRun run =
        spectrum(
            "--seed",
            "-1",
            "--top",
            "1",
            "--bottom",
            "1",
            "--probes",
            "5",
            "--steps",
            "2",
            "--csv",
            csv.toString(),
            "--json",
            folder.resolve("spectrum.json").toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isEqualTo(3);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(0)).isEqualTo("kind,operator,layer,index,value,residual,weight");
    assertThat(lines).allMatch(line -> line.split(",", -1).length == 7);
    assertThat(lines).noneMatch(line -> line.contains("NaN") || line.contains("Infinity"));
  }

  private String network() {
    Path file = folder.resolve("linear.onnx");
    OnnxWriter.withDefaults()
        .write(
            Network.sequential(2)
                .dense("fc", Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), null)
                .build(),
            file);
    return file.toString();
  }

  private String data() throws IOException {
    Path file = folder.resolve("data.csv");
    Files.writeString(file, "1,2,0\n3,4,1\n5,1,0\n");
    return file.toString();
  }

  @Test
  void moreEigenvaluesThanTheMatrixHasAreClampedWithANote() throws IOException {
    CommandRun run =
        CommandRun.of(
            "spectrum",
            "--model",
            network(),
            "--data",
            data(),
            "--top",
            "2147483647",
            "--bottom",
            "2147483647",
            "--steps",
            "2147483647");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("--top 2147483647 became 4, the number of parameters")
        .contains("--bottom 2147483647 became 4, the number of parameters")
        .contains("--steps 2147483647 became 4, the number of parameters");
  }

  @Test
  void probesThatCannotEndAreRefused() throws IOException {
    CommandRun run =
        CommandRun.of("spectrum", "--model", network(), "--data", data(), "--probes", "2147483647");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .containsPattern("probes of 4 steps would take \\d+ MiB of the \\d+ MiB allowed|30 days");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spectrum", "measure"})
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsNoDataFile(String command) {
    CommandRun run = CommandRun.of(command, "--model", network(), "--data", "/dev/zero");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "/dev/zero: is a device or a pipe, which cannot be read by position; write its data"
                + " into a file and name that");
  }

  @ParameterizedTest
  @CsvSource({"/dev/zero", "/dev/random", "/tmp"})
  @EnabledOnOs(OS.LINUX)
  void aDeviceOrAFolderIsNoSkeleton(String path) {
    CommandRun run = CommandRun.of("basis-paths", "--model", network(), "--skeleton", path);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).containsPattern("is a folder, a device or a pipe|expected auto");
  }

  /** A network whose first layer is named with an escape character. */
  private String escaped() throws IOException {
    Path file = folder.resolve("escaped.onnx");
    OnnxWriter.withDefaults()
        .write(
            Network.sequential(2)
                .dense("fc1", Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), null)
                .activate(Activation.RELU)
                .dense("fc2", Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), null)
                .build(),
            file);
    String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    Files.write(file, bytes.replace("fc1", "f\u001b1").getBytes(StandardCharsets.ISO_8859_1));
    return file.toString();
  }

  @Test
  void namesAreShownEscapedAndASkeletonWithThemIsReadAgain() throws IOException {
    Path skeleton = folder.resolve("skeleton.txt");
    String model = escaped();
    CommandRun written =
        CommandRun.of("basis-paths", "--model", model, "--save-skeleton", skeleton.toString());
    assertThat(written.code()).isZero();
    assertThat(written.out().replace("\n", "").chars()).noneMatch(Character::isISOControl);
    assertThat(Files.readString(skeleton)).contains("in,f\\u001b1.weight,");
    CommandRun read =
        CommandRun.of("basis-paths", "--model", model, "--skeleton", skeleton.toString());
    assertThat(read.err()).isEmpty();
    assertThat(read.code()).isZero();
    CommandRun info = CommandRun.of("info", "--model", model);
    assertThat(info.out()).contains("f\\u001b1");
    assertThat(info.out().replace("\n", "").chars()).noneMatch(Character::isISOControl);
  }

  @Test
  void aPaddingOfTwentyThousandIsRefusedBeforeItsTablesAreMade() throws IOException {
    Path csv = folder.resolve("images.csv");
    Files.writeString(csv, "1,".repeat(64) + "0\n" + "0.5,".repeat(64) + "0\n");
    CommandRun run =
        CommandRun.of(
            "measure", "--model", resource("conv-pads-global.onnx"), "--data", csv.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("(GlobalMaxPool, opset 13) takes 6106 MiB of memory");
  }
}
