package dev.flatness.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that write into one folder, of which one is ended in the middle. */
@DisabledOnOs(OS.WINDOWS)
class SharedFolderTest {
  @TempDir private Path folder;

  /** Writes half of a file, says so, and waits for its end or for a line. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      try {
        OutputFile.writeText(
            file,
            true,
            writer -> {
              writer.write("half");
              writer.flush();
              System.out.println("half");
              System.in.read();
              writer.write(" whole");
            });
      } catch (WriteFailure ended) {
        System.out.println(ended.getMessage());
      }
    }
  }

  @Test
  void aSignalTakesTheTemporaryFileAway() throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    Process process = start(file);
    assertThat(files()).hasSize(2);
    // The process keeps its standard input, which it waits for.
    process.toHandle().destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(files()).containsExactly(file);
    assertThat(file).hasContent("old");
  }

  @Test
  void whatAKillLeavesIsRemovedByTheNextAndNotWhileItsWriterLives() throws Exception {
    Path file = folder.resolve("a.txt");
    Process living = start(file);
    Process killed = start(file);
    assertThat(files()).hasSize(2);
    killed.destroyForcibly();
    assertThat(killed.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(files()).hasSize(2);
    OutputFile.writeText(file, true, writer -> writer.write("next"));
    assertThat(files()).hasSize(2).contains(file);
    assertThat(file).hasContent("next");
    living.getOutputStream().write('\n');
    living.getOutputStream().close();
    assertThat(living.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(living.exitValue()).isZero();
    assertThat(files()).containsExactly(file);
    assertThat(file).hasContent("half whole");
  }

  private static Process start(Path file) throws IOException {
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of("target/classes") + ":" + Path.of("target/test-classes"),
                Writer.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).isEqualTo("half");
    return process;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
