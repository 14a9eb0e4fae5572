package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documents' Java, taken from their text, compiled and run as it stands, in a folder where
 * {@code flatness demo --save demo} was called.
 */
class SnippetsTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PRINTED =
      Pattern.compile("System\\.out\\.println\\(.*\\);(?: // (\\S+))?");
  private static final List<String> PACKAGES =
      List.of(
          "dev.flatness",
          "dev.flatness.data",
          "dev.flatness.data.synthetic",
          "dev.flatness.hessian",
          "dev.flatness.loss",
          "dev.flatness.measure",
          "dev.flatness.network",
          "dev.flatness.onnx",
          "dev.flatness.random",
          "dev.flatness.surface",
          "dev.flatness.symmetry",
          "dev.flatness.tensor",
          "dev.flatness.training",
          "java.nio.file",
          "java.util");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/getting-started.md"})
  void whatTheDocumentsShowRunsAndPrintsWhatTheySay(String document, @TempDir Path folder)
      throws IOException, InterruptedException {
    List<String> snippets =
        JAVA.matcher(Files.readString(Path.of("..").resolve(document)))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(snippets).isNotEmpty();
    assertThat(CommandRun.of("demo", "--save", folder.resolve("demo").toString()).code()).isZero();
    for (String snippet : snippets) {
      List<MatchResult> promised = PRINTED.matcher(snippet).results().toList();
      List<String> lines = run(snippet, folder);
      assertThat(lines).hasSameSizeAs(promised);
      for (int i = 0; i < lines.size(); i++) {
        String number = promised.get(i).group(1);
        if (number != null) {
          // Six digits are shown; a training repeats to fewer on another machine.
          double expected = Double.parseDouble(number);
          assertThat(Double.parseDouble(lines.get(i)))
              .isCloseTo(expected, within(1e-4 * Math.abs(expected)));
        }
      }
    }
  }

  private static List<String> run(String snippet, Path folder)
      throws IOException, InterruptedException {
    String imports =
        PACKAGES.stream().map(name -> "import " + name + ".*;\n").collect(Collectors.joining());
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        imports
            + "class Snippet {\n  public static void main(String[] arguments) throws Exception {\n"
            + snippet
            + "  }\n}\n");
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                classPath(),
                source.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
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
