package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixFileTest {
  @TempDir private Path folder;

  private Path text(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Path npy(String shape, boolean columnMajor, double... numbers) throws IOException {
    String order = columnMajor ? "True" : "False";
    String header = "{'descr': '<f8', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    ByteBuffer body = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double number : numbers) {
      body.putDouble(number);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(0x93);
    file.write("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    file.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
    file.write(header.getBytes(StandardCharsets.ISO_8859_1));
    file.write(body.array());
    return Files.write(folder.resolve("a.npy"), file.toByteArray());
  }

  @Test
  void readsRows() throws IOException {
    double[][] expected = {{1, 2, 3}, {4, 5, 6.5}};
    assertThat(MatrixFile.read(text("a.csv", "1,2,3\n4,5,6.5\n"))).isDeepEqualTo(expected);
    assertThat(MatrixFile.read(text("b.csv", "a,b,c\n1,2,3\n4,5,6.5"))).isDeepEqualTo(expected);
    assertThat(MatrixFile.read(npy("(2, 3)", false, 1, 2, 3, 4, 5, 6.5))).isDeepEqualTo(expected);
    assertThat(MatrixFile.read(npy("(2, 3)", true, 1, 4, 2, 5, 3, 6.5))).isDeepEqualTo(expected);
  }

  @Test
  void refusesWhatIsNoMatrix() throws IOException {
    assertThatThrownBy(() -> MatrixFile.read(text("c.csv", "1,2\n3\n")))
        .hasMessageContaining("line 2 has 1 columns, the lines before have 2");
    assertThatThrownBy(() -> MatrixFile.read(text("d.csv", "1,2\n3,x\n")))
        .hasMessageContaining("has NaN in row 2, column 2");
    assertThatThrownBy(() -> MatrixFile.read(npy("(1, 1, 2)", false, 1, 2)))
        .hasMessageContaining("expected rows of a matrix");
    assertThatThrownBy(() -> MatrixFile.read(text("e.csv", "a,b\n")))
        .hasMessageContaining("has no line of numbers");
    assertThatThrownBy(() -> MatrixFile.read(text("f.bin", "abc")))
        .hasMessageContaining("expected a matrix");
  }
}
