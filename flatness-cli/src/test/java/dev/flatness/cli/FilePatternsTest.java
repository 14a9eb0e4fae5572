package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePatternsTest {
  @TempDir private Path folder;

  private void make(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private List<String> files(String... words) {
    List<String> inside = Stream.of(words).map(word -> folder + "/" + word).toList();
    return FilePatterns.files("--model", inside).stream()
        .map(file -> folder.relativize(file).toString())
        .toList();
  }

  @Test
  void matchesAreInTheOrderOfTheirNumbers() throws IOException {
    make("e-10.onnx", "e-9.onnx", "e-100.onnx", "e-9.txt", "sub/e-1.onnx");
    assertThat(files("e-*.onnx")).containsExactly("e-9.onnx", "e-10.onnx", "e-100.onnx");
  }

  @Test
  void foldersCanBePatternsToo() throws IOException {
    make("run2/last.onnx", "run10/last.onnx", "run10/first.onnx", "run10/deep/last.onnx");
    assertThat(files("run*/last.onnx")).containsExactly("run2/last.onnx", "run10/last.onnx");
    assertThat(files("**/last.onnx"))
        .containsExactly("run2/last.onnx", "run10/deep/last.onnx", "run10/last.onnx");
  }

  @Test
  void aFileOfThatNameIsNoPattern() throws IOException {
    make("[a].onnx", "a.onnx");
    assertThat(files("[a].onnx")).containsExactly("[a].onnx");
  }

  @Test
  void wordsKeepTheirOrder() throws IOException {
    make("b.onnx", "a.onnx");
    assertThat(files("b.onnx", "a.onnx")).containsExactly("b.onnx", "a.onnx");
  }

  @Test
  void aBrokenPatternIsRefused() {
    assertThatThrownBy(() -> files("[a.onnx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no pattern");
  }

  @Test
  void namesHaveTheFoldersThatTellThemApart() {
    assertThat(FilePatterns.names(List.of(Path.of("x/a.onnx"), Path.of("x/b.onnx"))))
        .containsExactly("a", "b");
    assertThat(FilePatterns.names(List.of(Path.of("x/a.onnx"), Path.of("y/a.onnx"))))
        .containsExactly("x-a", "y-a");
    assertThat(FilePatterns.names(List.of(Path.of("a.onnx"), Path.of("../a.onnx"))))
        .containsExactly("1-a", "2-a");
  }

  @Test
  void numbersCountWhateverTheirZeros() {
    assertThat(Stream.of("e-010", "e-9", "e-10", "e", "f-1").sorted(FilePatterns.BY_NUMBERS))
        .containsExactly("e", "e-9", "e-010", "e-10", "f-1");
  }
}
