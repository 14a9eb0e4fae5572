package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script as it is installed, with a Java that only tells what it is given. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  @TempDir private Path folder;

  @BeforeEach
  void installWithAJavaThatTellsItsArguments() throws IOException {
    assumeThat(Files.isExecutable(Path.of("/bin/bash"))).isTrue();
    Path source = Path.of("").toAbsolutePath();
    while (!Files.exists(source.resolve("flatness"))) {
      source = source.getParent();
    }
    executable("flatness", Files.readString(source.resolve("flatness")));
    Files.createDirectories(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/a.jar"), "");
    Files.createDirectories(folder.resolve("jdk/bin"));
    executable("jdk/bin/java", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\n");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  @Test
  void findsTheWidthOfTheTerminal() throws IOException, InterruptedException {
    assumeThat(Files.isExecutable(SCRIPT)).isTrue();
    String told = run(SCRIPT.toString(), "-qec", "stty cols 93; '" + command() + "'", "/dev/null");
    assertThat(told)
        .contains("<-Dflatness.terminal.output=true>")
        .contains("<-Dflatness.terminal.columns=93>")
        .contains("<-Dflatness.terminal.error.columns=93>");
  }

  @Test
  void outputThatGoesElsewhereHasTheWidthThatIsExported() throws IOException, InterruptedException {
    assertThat(run(command())).doesNotContain("flatness.terminal");
    ProcessBuilder wide = new ProcessBuilder(command());
    wide.environment().put("COLUMNS", "70");
    assertThat(run(wide))
        .contains("<-Dflatness.terminal.columns=70>")
        .doesNotContain("flatness.terminal.output");
  }

  @Test
  void passesItsNameAsItWasTyped() throws IOException, InterruptedException {
    assertThat(run(command())).contains("<-Dflatness.command=" + command() + ">");
    ProcessBuilder relative = new ProcessBuilder("/bin/bash", "-c", "./flatness");
    assertThat(run(relative.directory(folder.toFile())))
        .contains("<-Dflatness.command=./flatness>");
    ProcessBuilder found = new ProcessBuilder("/bin/bash", "-c", "flatness");
    found.environment().merge("PATH", folder.toString(), (path, more) -> more + ":" + path);
    assertThat(run(found)).contains("<-Dflatness.command=flatness>");
  }

  private String command() {
    return folder.resolve("flatness").toString();
  }

  private String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command));
    builder.environment().remove("COLUMNS");
    return run(builder);
  }

  private String run(ProcessBuilder builder) throws IOException, InterruptedException {
    builder.environment().putAll(Map.of("JAVA_HOME", folder.resolve("jdk").toString()));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return told;
  }

  private void executable(String name, String text) throws IOException {
    assertThat(Files.writeString(folder.resolve(name), text).toFile().setExecutable(true)).isTrue();
  }
}
