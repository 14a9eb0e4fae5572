package dev.flatness.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path folder;

  @Test
  void writesTheContentAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("report.json");
    OutputFile.writeText(file, false, writer -> writer.write("grüße\n"));
    assertThat(Files.readString(file)).isEqualTo("grüße\n");
    assertThat(folder).isDirectoryContaining(file::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void refusesToOverwriteUnlessAllowed() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    assertThatThrownBy(() -> OutputFile.writeText(file, false, writer -> writer.write("new")))
        .isInstanceOf(IOException.class)
        .hasMessage("output " + file + " exists; name another file or use --force to overwrite it");
    assertThat(file).hasContent("old");
    OutputFile.writeText(file, true, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
  }

  @Test
  void aFailureLeavesTheOldFileAndNoPartialOne() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    assertThatThrownBy(
            () ->
                OutputFile.writeText(
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
    OutputFile.writeText(link, true, writer -> writer.write("new"));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void anotherHardLinkKeepsTheOldContent() throws IOException {
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    Path other = Files.createLink(folder.resolve("other.json"), file);
    OutputFile.writeText(file, true, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
    assertThat(other).hasContent("old");
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
    assertThatThrownBy(() -> OutputFile.writeText(full, true, writer -> writer.write("text")))
        .isInstanceOf(WriteFailure.class)
        .hasMessage(
            "/dev/full could not be written: No space left on device; make room or write to another"
                + " place");
  }

  @Test
  void bytesAreWrittenAsTheyAre() throws IOException {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    Path file = folder.resolve("model.onnx");
    OutputFile.write(file, false, stream -> stream.write(bytes));
    assertThat(file).hasBinaryContent(bytes);
    OutputFile.write(file, true, stream -> stream.write(7));
    assertThat(file).hasBinaryContent(new byte[] {7});
  }

  @Test
  void aReplacedFileKeepsItsPermissions() throws IOException {
    assumePosix();
    for (String permissions : List.of("rw-------", "rw-rw-rw-", "rwxr-x--x", "-w-------")) {
      Path file = Files.writeString(folder.resolve("report.json"), "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      OutputFile.writeText(file, true, writer -> writer.write("new"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo(permissions);
    }
  }

  @Test
  void theTemporaryFileIsNoMoreReadableThanTheFileItReplaces() throws IOException {
    assumePosix();
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    OutputFile.writeText(
        file,
        true,
        writer -> {
          assertThat(strays()).hasSize(1);
          assertThat(Files.getPosixFilePermissions(strays().get(0)))
              .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        });
  }

  @Test
  void aNewFileHasThePermissionsThatTheProcessGivesToAllItsFiles() throws IOException {
    assumePosix();
    Path other = Files.createFile(folder.resolve("other"));
    Path file = folder.resolve("report.json");
    OutputFile.writeText(file, false, writer -> writer.write("new"));
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void aReadOnlyFileIsRefusedAlsoWhereItMayBeReplaced() throws IOException {
    assumePosix();
    Path file = Files.writeString(folder.resolve("report.json"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assertThatThrownBy(() -> OutputFile.writeText(file, true, writer -> writer.write("new")))
        .hasMessage(
            "output " + file + " is read-only; name another file or change its permissions");
    assertThat(file).hasContent("old");
  }

  @Test
  void aLinkToNothingIsRefused() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), nowhere);
    for (boolean overwrite : new boolean[] {true, false}) {
      assertThatThrownBy(() -> OutputFile.writeText(link, overwrite, writer -> writer.write("new")))
          .hasMessage(
              "output "
                  + link
                  + " is a link to "
                  + nowhere
                  + ", which does not exist; make that file first, or name another");
    }
    assertThat(link).isSymbolicLink();
    assertThat(nowhere).doesNotExist();
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
    assertThatThrownBy(() -> OutputFile.check(circle, true)).hasMessageContaining("is a link to");
  }

  @Test
  void aLinkPreparedUnderATemporaryNameIsNotFollowed() throws IOException {
    // The name is random: an attacker can only prepare one that has been used, here the last.
    Path file = folder.resolve("report.json");
    Path stranger = Files.writeString(folder.resolve("stranger"), "theirs");
    List<Path> used = new ArrayList<>();
    OutputFile.writeText(file, false, writer -> used.addAll(strays()));
    Files.createSymbolicLink(used.get(0), stranger);
    OutputFile.writeText(
        file,
        true,
        writer -> {
          used.addAll(strays());
          writer.write("new");
        });
    assertThat(stranger).hasContent("theirs");
    assertThat(file).hasContent("new");
    assertThat(new HashSet<>(used)).hasSize(2);
  }

  @Test
  void aNameThatIsTooLongIsRefusedBeforeAnyWork() {
    Path file = folder.resolve("x".repeat(300));
    assertThatThrownBy(() -> OutputFile.check(file, false))
        .hasMessage("output " + file + " cannot be used: File name too long; name another file");
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemTakes() throws IOException {
    Path file = folder.resolve("x".repeat(255));
    OutputFile.writeText(file, false, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
  }

  @Test
  void removesWhatAKilledProcessLeftOfTheSameFileOnly() throws IOException {
    Path file = folder.resolve("report.json");
    Path other = folder.resolve("other.json");
    List<Path> names = new ArrayList<>();
    OutputFile.writeText(file, false, writer -> names.addAll(strays()));
    OutputFile.writeText(other, false, writer -> names.addAll(strays()));
    Files.writeString(names.get(0), "half");
    Files.writeString(names.get(1), "half");
    OutputFile.writeText(file, true, writer -> writer.write("new"));
    assertThat(strays()).containsExactly(names.get(1));
  }

  @Test
  void leavesTheTemporaryFileOfAnotherWriterAlone() throws IOException {
    Path file = folder.resolve("report.json");
    OutputFile.writeText(
        file,
        true,
        outer -> {
          outer.write("outer");
          Path first = strays().get(0);
          OutputFile.writeText(file, true, inner -> inner.write("inner"));
          assertThat(file).hasContent("inner");
          assertThat(strays()).containsExactly(first);
        });
    assertThat(file).hasContent("outer");
    assertThat(strays()).isEmpty();
  }

  @Test
  void aFileThatSomebodyElseMadeMeanwhileIsLeftAlone() {
    Path file = folder.resolve("report.json");
    assertThatThrownBy(
            () ->
                OutputFile.writeText(
                    file, false, writer -> Files.writeString(file, "somebody else")))
        .isNotInstanceOf(WriteFailure.class)
        .hasMessageEndingWith("exists; name another file or use --force to overwrite it");
    assertThat(file).hasContent("somebody else");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  private static void assumePosix() {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
  }

  private List<Path> strays() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).toList();
    }
  }
}
