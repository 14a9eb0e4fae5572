package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** The Java of docs/howto-dl4j.md, compiled and run as it stands, beside a saved model. */
class HowtoTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PRINTED =
      Pattern.compile("System\\.out\\.println\\(.*\\); // (\\S+)");
  private static final List<String> IMPORTS =
      List.of(
          "dev.flatness.*",
          "dev.flatness.data.*",
          "dev.flatness.dl4j.*",
          "dev.flatness.loss.*",
          "dev.flatness.network.Network",
          "dev.flatness.random.*",
          "dev.flatness.symmetry.*",
          "java.io.File",
          "java.nio.file.Path",
          "org.deeplearning4j.nn.conf.NeuralNetConfiguration",
          "org.deeplearning4j.nn.conf.inputs.InputType",
          "org.deeplearning4j.nn.conf.layers.*",
          "org.deeplearning4j.nn.multilayer.MultiLayerNetwork",
          "org.deeplearning4j.util.ModelSerializer",
          "org.nd4j.linalg.activations.Activation",
          "org.nd4j.linalg.api.ndarray.INDArray",
          "org.nd4j.linalg.factory.Nd4j",
          "org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction");

  @TempDir private Path folder;

  @Test
  void whatThePageShowsRunsAndPrintsWhatItSays() throws IOException, InterruptedException {
    ModelSerializer.writeModel(
        Models.chain(DataType.FLOAT, InputType.feedForward(4), Models.dense(5), Models.softmax(3)),
        folder.resolve("model.zip").toFile(),
        true);
    List<String> snippets =
        JAVA.matcher(Files.readString(Path.of("../docs/howto-dl4j.md")))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(snippets).hasSize(3);
    for (String snippet : snippets) {
      List<String> promised =
          PRINTED.matcher(snippet).results().map((MatchResult m) -> m.group(1)).toList();
      assertThat(promised).isNotEmpty();
      assertThat(run(snippet)).isEqualTo(promised);
    }
    assertThat(folder.resolve("rescaled.zip")).exists();
  }

  /** Also the standard error is empty. */
  private List<String> run(String snippet) throws IOException, InterruptedException {
    String imports =
        IMPORTS.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining());
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        imports
            + "class Snippet {\n  public static void main(String[] arguments) throws Exception {\n"
            + snippet
            + "  }\n}\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "--enable-native-access=ALL-UNNAMED"));
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", classPath(), source.toString()));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
    String said = Files.readString(err);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).isEmpty();
    return Files.readAllLines(out);
  }

  /** Entries made absolute: the snippet runs in another folder. */
  private static String classPath() {
    String separator = System.getProperty("path.separator");
    return Stream.of(System.getProperty("java.class.path").split(Pattern.quote(separator)))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(separator));
  }
}
