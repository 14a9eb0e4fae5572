package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documents' Java, taken from their text, compiled and run as it stands, in a folder where
 * {@code flatness demo --save demo} was called.
 */
class SnippetsTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PRINTED =
      Pattern.compile("System\\.out\\.println\\(.*\\);(?: // (\\S+))?");
  private static final Pattern TYPE =
      Pattern.compile("^(final class|class|record|interface) ", Pattern.MULTILINE);
  private static final List<String> PACKAGES =
      List.of(
          "dev.flatness",
          "dev.flatness.attack",
          "dev.flatness.basispath",
          "dev.flatness.audit",
          "dev.flatness.coordinates",
          "dev.flatness.data",
          "dev.flatness.data.synthetic",
          "dev.flatness.hessian",
          "dev.flatness.linalg",
          "dev.flatness.loss",
          "dev.flatness.measure",
          "dev.flatness.network",
          "dev.flatness.onnx",
          "dev.flatness.pacbayes",
          "dev.flatness.random",
          "dev.flatness.report",
          "dev.flatness.sharpness",
          "dev.flatness.spectral",
          "dev.flatness.surface",
          "dev.flatness.symmetry",
          "dev.flatness.tensor",
          "dev.flatness.testkit",
          "dev.flatness.training",
          "dev.flatness.weights",
          "java.nio.file",
          "java.time",
          "java.util",
          "net.jqwik.api",
          "org.junit.jupiter.api",
          "static org.assertj.core.api.Assertions");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/getting-started.md",
        "docs/howto-bounds.md",
        "docs/howto-coordinates.md",
        "docs/howto-own-framework.md"
      })
  void whatTheDocumentsShowRunsAndPrintsWhatTheySay(String document, @TempDir Path folder)
      throws IOException, InterruptedException {
    List<String> snippets = snippets(Path.of("..").resolve(document));
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

  static Stream<Path> documents() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("../docs"))) {
      return Stream.concat(
              Stream.of(Path.of("../README.md")),
              pages.filter(page -> page.toString().endsWith(".md")).sorted().toList().stream())
          // Their Java needs ND4J and is run by the tests of flatness-nd4j.
          .filter(page -> !page.endsWith("howto-dl4j.md") && !page.endsWith("howto-nd4j.md"))
          .filter(page -> !snippets(page).isEmpty());
    }
  }

  /** Parts of programs compile among the variables that their pages speak of. */
  @ParameterizedTest
  @MethodSource("documents")
  void allJavaOfTheDocumentsCompiles(Path document, @TempDir Path folder) throws IOException {
    StringBuilder text = new StringBuilder(imports());
    text.append(
        """
        class Snippet {
          static Network network;
          static Dataset data;
          static OnnxModel model;
          static FlatnessReport report;
          static ScaleClasses classes;
        """);
    int number = 0;
    for (String snippet : snippets(document)) {
      if (TYPE.matcher(snippet).find()) {
        text.append(TYPE.matcher(snippet).replaceFirst("static $0"));
      } else {
        text.append("static void part" + number++ + "() throws Exception {\n" + snippet + "}\n");
      }
    }
    Path source = folder.resolve("Snippet.java");
    Files.writeString(source, text.append("}\n"));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                errors,
                "-encoding",
                "UTF-8",
                "-cp",
                classPath(),
                "-d",
                folder.toString(),
                source.toString());
    assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static List<String> snippets(Path document) {
    try {
      return JAVA.matcher(Files.readString(document))
          .results()
          .map(match -> match.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String imports() {
    // jqwik has a type of this name too.
    return "import dev.flatness.report.Report;\n"
        + PACKAGES.stream().map(name -> "import " + name + ".*;\n").collect(Collectors.joining());
  }

  private static List<String> run(String snippet, Path folder)
      throws IOException, InterruptedException {
    Path source = folder.resolve("Snippet.java");
    Files.writeString(
        source,
        imports()
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
