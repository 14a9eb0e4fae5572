package dev.flatness.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("data.csv");
  }

  private FileDataset open(String text) {
    Fixtures.write(folder, "data.csv", text.getBytes(StandardCharsets.UTF_8));
    return Datasets.open(DataSource.of(file), Preprocessing.withDefaults());
  }

  private void assertRefused(String text, String message) {
    Fixtures.assertRefused(() -> open(text), file + ": " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2.5,0\n-3,4e1,2\n",
        "1,2.5,0\n-3,4e1,2",
        "1,2.5,0\r\n-3,4e1,2\r\n\r\n",
        "a,b,label\n1,2.5,0\n-3,4e1,2\n",
        "\ufeffa,\"b, quoted \"\"twice\"\"\",label\n1,2.5,0\n-3,4e1,2\n",
        " 1 , 2.5 , 0 \n\t-3,4e1,+2\n",
        "\"1\",\"2.5\",\"0\"\n\"-3\",\"4e1\",\"2\"\r\n"
      })
  void readsInputsAndIntegerLabels(String text) {
    try (FileDataset data = open(text)) {
      assertThat(data.size()).isEqualTo(2);
      assertThat(data.inputShape()).isEqualTo(Shape.of(2));
      assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
      assertThat(Fixtures.inputs(data)).containsExactly(1, 2.5, -3, 40);
      assertThat(Fixtures.targets(data)).containsExactly(0, 2);
      assertThat(data.notes()).isEmpty();
    }
  }

  @Test
  void takesWholeNumbersInAnyNotationAsLabels() {
    // The second is how numpy.savetxt writes an array of labels.
    for (String nine : new String[] {"9.0", "9.000000000000000000e+00", "+9", "0.9E1"}) {
      try (FileDataset data = open("1,0\n2," + nine + "\n")) {
        assertThat(data.targetKind()).isEqualTo(TargetKind.LABELS);
        assertThat(Fixtures.targets(data)).containsExactly(0, 9);
      }
    }
  }

  @Test
  void takesALastColumnOfOtherNumbersAsReal() {
    for (String other : new String[] {"1.5", "-1.0", "1e300"}) {
      try (FileDataset data = open("1,0\n2," + other + "\n")) {
        assertThat(data.targetKind()).isEqualTo(TargetKind.REAL);
        assertThat(Fixtures.targets(data)).containsExactly(0, Double.parseDouble(other));
      }
    }
  }

  @Test
  void takesTheLabelsFromTheColumnThatIsNamed() {
    Fixtures.write(folder, "data.csv", "7,1.5,2\n3,4.5,6\n".getBytes(StandardCharsets.UTF_8));
    for (int column = 1; column <= 3; column++) {
      DataSource source = DataSource.of(file).withLabelColumn(column);
      try (FileDataset data = Datasets.open(source, Preprocessing.withDefaults())) {
        assertThat(data.targetKind()).isEqualTo(column == 2 ? TargetKind.REAL : TargetKind.LABELS);
        assertThat(Fixtures.inputs(data))
            .containsExactly(
                new double[][] {{1.5, 2, 4.5, 6}, {7, 2, 3, 6}, {7, 1.5, 3, 4.5}}[column - 1]);
        assertThat(Fixtures.targets(data))
            .containsExactly(new double[][] {{7, 3}, {1.5, 4.5}, {2, 6}}[column - 1]);
      }
    }
    Fixtures.assertRefused(
        () -> Datasets.open(DataSource.of(file).withLabelColumn(4), Preprocessing.withDefaults()),
        file + ": line 1 has 3 columns, but the label column is 4; count the columns from 1");
  }

  @Property(tries = 50)
  void readsBackEveryFiniteNumber(@ForAll @Size(min = 2, max = 40) double[] numbers)
      throws java.io.IOException {
    StringBuilder text = new StringBuilder();
    for (double number : numbers) {
      text.append(number).append(",").append(number).append(",0\n");
    }
    Path temporary = java.nio.file.Files.createTempFile("numbers", ".csv");
    try {
      java.nio.file.Files.writeString(temporary, text);
      try (FileDataset data =
          Datasets.open(DataSource.of(temporary), Preprocessing.withDefaults())) {
        double[] inputs = Fixtures.inputs(data);
        for (int i = 0; i < numbers.length; i++) {
          assertThat(inputs[2 * i]).isEqualTo(numbers[i]);
          assertThat(inputs[2 * i + 1]).isEqualTo(numbers[i]);
        }
      }
    } finally {
      java.nio.file.Files.delete(temporary);
    }
  }

  @Test
  void unpacksLongTablesOutOfMemory() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      for (int j = 0; j < 100; j++) {
        text.append(i + j).append(',');
      }
      text.append(i % 7).append('\n');
    }
    try (FileDataset data = open(text.toString())) {
      assertThat(data.size()).isEqualTo(3000);
      double[] inputs = Fixtures.inputs(data, 1000, 1500);
      for (int i = 0; i < inputs.length; i++) {
        assertThat(inputs[i]).isEqualTo(1000 + i / 100 + i % 100);
      }
      assertThat(Fixtures.targets(data)[2999]).isEqualTo(2999 % 7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "", "nan", "Infinity", "1e999", "0x10", "1d", "1.2.3", "--1"})
  void namesAMalformedCellByLineAndColumn(String cell) {
    assertRefused(
        "a,b,c\n1,2,0\n3," + cell + ",1\n",
        "line 3, column 2 is \""
            + cell
            + "\", expected a finite number; correct the cell or take the line out");
  }

  @Test
  void refusesAFirstLineThatIsHalfAHeader() {
    assertRefused(
        "1,two,0\n1,2,0\n",
        "line 1, column 2 is \"two\", expected a finite number; correct the cell, or give every"
            + " column of a header a name");
  }

  @Test
  void refusesLinesOfOtherLengths() {
    assertRefused(
        "1,2,0\n1,2,3,0\n",
        "line 2 has 4 columns, the lines before have 3; give every line as many cells");
    assertRefused("1,2,0\n\n1,2,0\n", "line 2 is empty; take the line out");
    assertRefused(
        "1\n2\n",
        "line 1 has one column, expected inputs and in the last column the label; separate columns"
            + " by commas");
  }

  @Test
  void refusesTextThatIsNoCsv() {
    assertRefused(
        "1,2\"3,0\n",
        "line 1, column 2 has a quote inside an unquoted cell; put the whole cell in quotes");
    assertRefused("1,\"2,0\n", "line 1, column 2 ends inside a quoted cell; close the quote");
    assertRefused(
        "1,\"2\"3,0\n",
        "line 1, column 2 has text after a closing quote; put the whole cell in quotes");
    assertRefused(
        "1,2\0,0\n",
        "line 1, column 2 holds a zero byte, so it is no text; give comma-separated text");
    assertRefused("a,b\n", "has no line of numbers; give at least one sample");
  }

  @Test
  void refusesNegativeLabels() {
    assertRefused(
        "1,0\n2,-1\n",
        "label of sample 1 is -1, expected 0, 1, …; count classes from 0, or give real targets as"
            + " floating-point numbers");
  }

  @Test
  void readsTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      try (FileDataset data = open("1.5,0\n")) {
        assertThat(Fixtures.inputs(data)).containsExactly(1.5);
      }
    } finally {
      Locale.setDefault(before);
    }
  }
}
