package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void writeTwoClustersInThePlane() throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      double centre = i % 2 == 0 ? -2 : 2;
      text.append(centre + random.nextGaussian())
          .append(',')
          .append(random.nextGaussian())
          .append(',')
          .append(i % 2)
          .append('\n');
    }
    data = Files.writeString(folder.resolve("train.csv"), text);
    model = folder.resolve("mlp.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"float64", "float32"})
  void trainsWritesAndTellsTheNumbersThatMeasureFinds(String precision) throws IOException {
    CommandRun run =
        train("--hidden", "6,5", "--epochs", "15", "--precision", precision, "--seed", "3");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(17);
    assertThat(lines.get(0)).startsWith("epoch 0  loss ");
    assertThat(lines.get(16)).isEqualTo("all epochs were run; the network is in " + model);

    Path json = folder.resolve("report.json");
    CommandRun measured =
        CommandRun.of(
            "measure",
            "--model",
            model.toString(),
            "--data",
            data.toString(),
            "--measures",
            "kappa",
            "--json",
            json.toString());
    assertThat(measured.code()).isZero();
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.get("model").get("layers").get(0).get("name").asText()).isEqualTo("fc1");
    assertThat(report.get("model").get("parameters").asInt()).isEqualTo(18 + 35 + 12);
    double loss = report.get("loss").get("value").asDouble();
    double told = Double.parseDouble(lines.get(15).split(" +")[3]);
    assertThat(loss).isLessThan(0.2);
    assertThat(Math.abs(told - loss)).isLessThan(2e-5 * loss);
  }

  @Test
  void theSameSeedGivesTheSameFile() throws IOException {
    train("--hidden", "4", "--epochs", "2", "--threads", "1", "--quiet");
    byte[] first = Files.readAllBytes(model);
    assertThat(train("--hidden", "4", "--epochs", "2", "--threads", "2", "--force", "--quiet"))
        .isEqualTo(new CommandRun(0, "", ""));
    assertThat(Files.readAllBytes(model)).isEqualTo(first);
  }

  @Test
  void needsExactlyOneArchitecture() {
    assertThat(train().err()).startsWith("flatness: Missing required argument");
    assertThat(train("--lenet", "--hidden", "3").code()).isEqualTo(2);
    CommandRun run = train("--lenet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "flatness: LeNet-5 reads images [channels, height, width], but the inputs have shape"
                + " [2]\n");
  }

  @Test
  void refusesToOverwriteBeforeAnyWork() throws IOException {
    Files.writeString(model, "mine");
    assertThat(train("--hidden", "4").err())
        .isEqualTo(
            "flatness: output "
                + model
                + " exists; name another file or use --force to overwrite it\n");
    assertThat(model).hasContent("mine");
  }

  @Test
  void aDivergedTrainingIsExitCodeThreeWithTheRemedy() {
    CommandRun run = train("--hidden", "8", "--learning-rate", "1e300");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .matches(
            "flatness: the training diverged: (a weight was not finite|the loss was (NaN|Infinity))"
                + " in step \\d of epoch 1; lower the learning rate \\(it is 1.0E300\\); no network"
                + " was written\n");
    assertThat(run.out()).startsWith("epoch 0  loss ").doesNotContain("the network is in");
    assertThat(model).doesNotExist();
  }

  @Test
  void aDivergedTrainingLeavesAnOlderNetworkAlone() throws IOException {
    Files.writeString(model, "mine");
    CommandRun run = train("--hidden", "8", "--learning-rate", "1e300", "--force", "--quiet");
    assertThat(run.code()).isEqualTo(3);
    assertThat(model).hasContent("mine");
  }

  @Test
  void questionsALabelThatIsNoClassBeforeItTakesMemory() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append("0.5,0.25,").append(i == 7 ? 19_500 : i % 3).append('\n');
    }
    Files.writeString(data, text);
    CommandRun run = train("--hidden", "50000", "--epochs", "1");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "flatness: label 19500 of sample 7 in train.csv, which makes 19501 classes, but only 4"
                + " of them occur in 20 samples; number the classes from 0 without gaps, or fit the"
                + " numbers as they are with squared-error\n");
    assertThat(model).doesNotExist();
  }

  @Test
  void aCheckpointIsThereBeforeTheTrainingEnds() throws Exception {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.flatness.cli.Main",
                "train",
                "--data",
                data.toString(),
                "--out",
                model.toString(),
                "--hidden",
                "4",
                "--epochs",
                "1000000",
                "--checkpoint-every",
                "2")
            .start();
    try (BufferedReader out = process.inputReader()) {
      // Standard output is a pipe, and the training would go on for days.
      for (int epoch = 0; epoch <= 3; epoch++) {
        assertThat(out.readLine()).startsWith("epoch " + epoch + "  loss ");
      }
      assertThat(model).exists();
      // Nobody reads on, so that the training soon waits for the pipe: it must still end.
      Thread.sleep(500);
      process.toHandle().destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isIn(130, 143);
      assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("flatness: interrupted; " + model + " holds the network after epoch ");
    } finally {
      process.destroyForcibly();
    }
    assertThat(CommandRun.of("info", "--model", model.toString()).code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--epochs, 2147483647, no whole number from 1 to 1000000",
    "--threads, 1025, no whole number from 1 to 1024",
  })
  void requestsThatMakeNoSenseAreRefused(String option, String value, String reason) {
    CommandRun run = train("--hidden", "4", option, value);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'" + option + "'", "'" + value + "' is " + reason);
    assertThat(model).doesNotExist();
  }

  @Test
  void aNetworkThatTheHeapCannotTrainIsRefusedBeforeItIsMade() {
    // (2 + 1) n + (n + 1) 2 + (2 + 1) 2 parameters.
    assertThat(train("--hidden", "999999999,2").err())
        .startsWith(
            "flatness: a perceptron of 5,000,000,003 parameters takes about 457764 MiB to train,")
        .contains("; name smaller widths (--hidden), or give Java more heap");
    assertThat(train("--hidden", "999999999,999999999,999999999").code()).isEqualTo(2);
    assertThat(train("--hidden", "1,".repeat(1000) + "1").err())
        .isEqualTo("flatness: --hidden names 1001 layers, expected at most 1000; name fewer\n");
    assertThat(model).doesNotExist();
  }

  @Test
  void roomIsCountedInParameters() {
    // 2 x 3 + 3 and 3 x 2 + 2 parameters.
    TrainCommand.requireRoom(2, List.of(3), 2, 17 * 12 * 8);
    assertThatThrownBy(() -> TrainCommand.requireRoom(2, List.of(3), 2, 17 * 12 * 8 - 1))
        .hasMessageStartingWith("a perceptron of 17 parameters takes about 1632 bytes to train,");
  }

  @Test
  void aTrainingOfMoreThanThirtyDaysIsRefusedBeforeItBegins() throws IOException {
    Files.writeString(data, "1,2,0\n3,4,1\n".repeat(100_000));
    CommandRun run =
        train("--hidden", "1000,1000", "--epochs", "1000000", "--threads", "1", "--quiet");
    // 1.2e18 operations, 140 days at 100 GFLOP/s.
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .matches(
            "flatness: this would take about [\\d,]+ days: some 2.00e\\+06 passes over 200,000"
                + " samples, and no run of more than 30 days is started; fewer --epochs, smaller"
                + " --hidden, --limit or --precision float32 shorten it\n");
    assertThat(model).doesNotExist();
  }

  @Test
  void checkpointsChangeNoNumber() throws IOException {
    train("--hidden", "4", "--epochs", "3", "--quiet");
    byte[] plain = Files.readAllBytes(model);
    train("--hidden", "4", "--epochs", "3", "--quiet", "--force", "--checkpoint-every", "2");
    assertThat(Files.readAllBytes(model)).isEqualTo(plain);
  }

  @Test
  void everyCheckpointStaysWhereTheNameHasTheEpoch() throws IOException {
    Path all = folder.resolve("net-{epoch}.onnx");
    String[] command = {
      "train",
      "--data",
      data.toString(),
      "--out",
      all.toString(),
      "--hidden",
      "4",
      "--epochs",
      "5",
      "--checkpoint-every",
      "2"
    };
    CommandRun run = CommandRun.of(command);
    assertThat(run.code()).isZero();
    assertThat(run.out()).endsWith("the network is in " + folder.resolve("net-5.onnx") + "\n");
    train("--hidden", "4", "--epochs", "5", "--quiet");
    assertThat(Files.readAllBytes(folder.resolve("net-5.onnx")))
        .isEqualTo(Files.readAllBytes(model));
    train("--hidden", "4", "--epochs", "2", "--quiet", "--force");
    assertThat(Files.readAllBytes(folder.resolve("net-2.onnx")))
        .isEqualTo(Files.readAllBytes(model));
    assertThat(folder.resolve("net-4.onnx")).exists();
    Files.delete(folder.resolve("net-5.onnx"));
    CommandRun again = CommandRun.of(command);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("net-2.onnx exists");
  }

  @Test
  void labelsMayStandInTheFirstColumnInAnyNotation() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      text.append(i % 3).append(".000e+00,").append(i % 3 * 0.5).append(",0.25\n");
    }
    Files.writeString(data, text);
    CommandRun run = train("--hidden", "4", "--epochs", "1", "--label-column", "first");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("accuracy");
    assertThat(CommandRun.of("info", "--model", model.toString()).out())
        .containsPattern("fc2 +dense +\\[3\\]");
    assertThat(train("--hidden", "4", "--force", "--label-column", "zero").err())
        .contains("'zero' is no column; write first, last or a number counted from 1");
  }

  private CommandRun train(String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("train", "--data", data.toString(), "--out", model.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void refusesLabelsThatCannotCountClasses(@TempDir Path folder) throws IOException {
    Path data = Files.writeString(folder.resolve("ids.csv"), "1,2,0\n3,4,2147483647\n");
    Path out = folder.resolve("never.onnx");
    CommandRun run =
        CommandRun.of("train", "--data", data.toString(), "--hidden", "3", "--out", out.toString());
    assertThat(run)
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flatness: label 2147483647 of sample 1 in ids.csv, expected a class from 0 to 2147483646,"
                    + " for a network has one output per class; number the classes from 0\n"));
    assertThat(out).doesNotExist();
  }
}
