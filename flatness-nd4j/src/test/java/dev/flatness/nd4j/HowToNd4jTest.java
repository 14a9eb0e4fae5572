package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the page on ND4J, compiled and run as it stands, one after the other. */
class HowToNd4jTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern PRINTED =
      Pattern.compile("System\\.out\\.println\\(.*\\);(?: // (\\S+))?");
  private static final List<String> IMPORTS =
      List.of(
          "dev.flatness.*",
          "dev.flatness.data.*",
          "dev.flatness.loss.*",
          "dev.flatness.nd4j.*",
          "dev.flatness.network.*",
          "dev.flatness.surface.*",
          "dev.flatness.tensor.*",
          "org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator",
          "org.nd4j.linalg.api.buffer.DataType",
          "org.nd4j.linalg.api.ndarray.INDArray",
          "org.nd4j.linalg.dataset.DataSet",
          "org.nd4j.linalg.dataset.api.iterator.DataSetIterator",
          "org.nd4j.linalg.factory.Nd4j");

  @Test
  void whatThePageShowsRunsAndPrintsWhatItSays(@TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of("../docs/howto-nd4j.md"));
    StringBuilder body = new StringBuilder();
    JAVA.matcher(page).results().forEach(match -> body.append(match.group(1)));
    StringBuilder text = new StringBuilder();
    IMPORTS.forEach(name -> text.append("import ").append(name).append(";\n"));
    text.append("class Snippet {\n  public static void main(String[] arguments) {\n");
    text.append(body).append("  }\n}\n");
    Files.writeString(folder.resolve("Snippet.java"), text);
    int jdk = Runtime.version().feature();
    ClassPath.Run run =
        ClassPath.run(
            Path.of(System.getProperty("java.home")),
            jdk < 24 ? List.of() : ClassPath.FLAGS_OF_JDK_24,
            folder,
            "Snippet.java");
    assertThat(run.code()).as(run.errors()).isZero();
    List<MatchResult> promised = PRINTED.matcher(body).results().toList();
    assertThat(promised).isNotEmpty();
    assertThat(run.lines()).hasSameSizeAs(promised);
    for (int i = 0; i < promised.size(); i++) {
      String expected = promised.get(i).group(1);
      String found = run.lines().get(i);
      if (expected.matches("[-0-9.e]+")) {
        double number = Double.parseDouble(expected);
        assertThat(Double.parseDouble(found)).isCloseTo(number, within(1e-5 * Math.abs(number)));
      } else {
        assertThat(found).isEqualTo(expected);
      }
    }
  }
}
