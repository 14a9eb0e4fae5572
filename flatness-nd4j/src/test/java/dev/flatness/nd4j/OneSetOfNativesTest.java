package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ND4J and this library share one JavaCPP and one OpenBLAS, and print nothing of their own. */
class OneSetOfNativesTest {
  private static final Pattern BYTEDECO =
      Pattern.compile("org[/\\\\]bytedeco[/\\\\]([^/\\\\]+)[/\\\\]([^/\\\\]+)[/\\\\]");

  @TempDir private Path folder;

  @Test
  void theClassPathHasOneVersionOfEachAndItIsThatOfTheBom() throws IOException {
    Map<String, TreeSet<String>> versions = new TreeMap<>();
    for (String entry : ClassPath.entries()) {
      Matcher matcher = BYTEDECO.matcher(entry);
      if (matcher.find()) {
        versions
            .computeIfAbsent(matcher.group(1), artifact -> new TreeSet<>())
            .add(matcher.group(2));
      }
    }
    String bom = Files.readString(Path.of("../flatness-bom/pom.xml"));
    assertThat(versions).containsKeys("javacpp", "openblas");
    versions.forEach(
        (artifact, found) -> {
          assertThat(found).as(artifact).hasSize(1);
          assertThat(bom)
              .contains(
                  "<" + artifact + ".version>" + found.first() + "</" + artifact + ".version>");
        });
  }

  @Test
  void nothingIsPrintedOnThisJdk() throws Exception {
    int jdk = Runtime.version().feature();
    assertPrintsNothing(
        Path.of(System.getProperty("java.home")), jdk < 24 ? List.of() : ClassPath.FLAGS_OF_JDK_24);
  }

  @Test
  void nothingIsPrintedOnJdk25() throws Exception {
    Optional<Path> home = jdk25();
    Assumptions.assumeTrue(
        home.isPresent(), "there is no JDK 25: JAVA25_HOME is not set and /usr/lib/jvm has none");
    assertPrintsNothing(home.get(), ClassPath.FLAGS_OF_JDK_24);
  }

  private static Optional<Path> jdk25() throws IOException {
    String named = System.getenv("JAVA25_HOME");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(installed, "*25*")) {
        for (Path home : found) {
          if (Files.isExecutable(home.resolve("bin/java"))) {
            return Optional.of(home);
          }
        }
      }
    }
    return Optional.empty();
  }

  private void assertPrintsNothing(Path javaHome, List<String> flags) throws Exception {
    ClassPath.Run run = ClassPath.run(javaHome, flags, folder, "dev.flatness.nd4j.NativesProgram");
    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.lines()).containsExactly("56.0");
  }
}
