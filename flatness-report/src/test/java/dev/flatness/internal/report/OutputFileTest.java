package dev.flatness.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path folder;

  @Test
  void writesTheContentAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("report.json");
    OutputFile.write(file, false, writer -> writer.write("grüße\n"));
    assertThat(Files.readString(file)).isEqualTo("grüße\n");
    assertThat(folder).isDirectoryContaining(file::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void refusesToOverwriteUnlessAllowed() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    assertThatThrownBy(() -> OutputFile.write(file, false, writer -> writer.write("new")))
        .isInstanceOf(IOException.class)
        .hasMessage("output " + file + " exists; name another file or use --force to overwrite it");
    assertThat(file).hasContent("old");
    OutputFile.write(file, true, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
  }

  @Test
  void aFailureLeavesTheOldFileAndNoPartialOne() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    assertThatThrownBy(
            () ->
                OutputFile.write(
                    file,
                    true,
                    writer -> {
                      writer.write("half");
                      throw new IOException("disk full");
                    }))
        .hasMessage(file + " could not be written: disk full; make room or write to another place");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("report.json");
  }

  @Test
  void refusesADirectoryAndAFileInAMissingOne() {
    assertThatThrownBy(() -> OutputFile.check(folder, true))
        .hasMessage("output " + folder + " is a directory; name a file");
    Path lost = folder.resolve("missing").resolve("report.json");
    assertThatThrownBy(() -> OutputFile.check(lost, true))
        .hasMessage(
            "output "
                + lost
                + ": the directory "
                + lost.getParent()
                + " does not exist; make it first");
  }

  @Test
  void replacesWhatALinkPointsToAndKeepsTheLink() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
    OutputFile.write(link, true, writer -> writer.write("new"));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void refusesADirectoryThatCannotBeWrittenTo() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assumeTrue(closed.toFile().setWritable(false) && !Files.isWritable(closed), "not as root");
    Path file = closed.resolve("report.json");
    assertThatThrownBy(() -> OutputFile.check(file, true))
        .hasMessage(
            "output "
                + file
                + ": nothing can be written to "
                + closed
                + "; name another place or change its permissions");
  }

  @Test
  void aFullDiskIsAFailureThatNamesTheFile() {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    assertThatThrownBy(() -> OutputFile.write(full, true, writer -> writer.write("text")))
        .isInstanceOf(WriteFailure.class)
        .hasMessage(
            "/dev/full could not be written: No space left on device; make room or write to another"
                + " place");
  }
}
