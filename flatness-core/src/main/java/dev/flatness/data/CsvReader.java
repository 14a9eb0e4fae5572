package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.internal.files.Reason;
import dev.flatness.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Comma-separated numbers, unpacked once into rows of float64: the inputs, then the target. */
final class CsvReader {
  private final Path file;
  private final Spool rows = new Spool();
  private final int labelColumn;
  private int columns;
  private int count;
  private boolean integers = true;
  private boolean indices = true;

  private CsvReader(Path file, int labelColumn) {
    this.file = file;
    this.labelColumn = labelColumn;
  }

  /** Reads a file whose target stands in a column, counted from 1, or for 0 in the last. */
  static Samples read(Path file, int labelColumn) {
    CsvReader reader = new CsvReader(file, labelColumn);
    try (InputStream in = Files.newInputStream(file)) {
      reader.readLines(new CsvLines(in, file));
      return reader.samples();
    } catch (IOException e) {
      reader.rows.close();
      throw new UncheckedIOException(
          file + " cannot be read: " + Reason.of(e) + "; check its permissions", e);
    } catch (RuntimeException e) {
      reader.rows.close();
      throw e;
    }
  }

  private void readLines(CsvLines lines) throws IOException {
    int blank = 0;
    while (lines.next()) {
      if (lines.isBlank()) {
        blank = lines.number();
      } else if (blank > 0) {
        throw Refusal.of(file, "line " + blank + " is empty", "take the line out");
      } else if (lines.number() > 1 || !isHeader(lines)) {
        readRow(lines);
      }
    }
  }

  /** The first line is a header if none of its cells is a number. */
  private static boolean isHeader(CsvLines line) {
    for (int column = 0; column < line.columns(); column++) {
      if (!Double.isNaN(line.value(column))) {
        return false;
      }
    }
    return true;
  }

  private void readRow(CsvLines line) {
    if (count == 0) {
      columns = line.columns();
      if (columns < 2) {
        throw Refusal.of(
            file,
            "line "
                + line.number()
                + " has one column, expected inputs and in the last column the"
                + " label",
            "separate columns by commas");
      }
      SampleLimit.require(file, columns);
      if (labelColumn > columns) {
        throw Refusal.of(
            file,
            "line "
                + line.number()
                + " has "
                + columns
                + " columns, but the label column is "
                + labelColumn,
            "count the columns from 1");
      }
    }
    if (line.columns() != columns) {
      throw Refusal.of(
          file,
          "line "
              + line.number()
              + " has "
              + line.columns()
              + " columns, the lines before have "
              + columns,
          "give every line as many cells");
    }
    ByteBuffer row = ByteBuffer.allocate(8 * columns);
    int target = labelColumn == 0 ? columns - 1 : labelColumn - 1;
    for (int column = 0; column < columns; column++) {
      double value = line.value(column);
      if (!Double.isFinite(value)) {
        throw Refusal.of(
            file,
            "line "
                + line.number()
                + ", column "
                + (column + 1)
                + " is "
                + Refusal.quote(line.text(column))
                + ", expected a finite number",
            line.number() == 1
                ? "correct the cell, or give every column of a header a name"
                : "correct the cell or take the line out");
      }
      int before = column < target ? column : column - 1;
      row.putDouble(8 * (column == target ? columns - 1 : before), value);
    }
    rows.write(row.array(), 0, row.capacity());
    double label = line.value(target);
    integers &= line.isInteger(target);
    indices &= label >= 0 && label <= Integer.MAX_VALUE && label == Math.rint(label);
    count = Math.addExact(count, 1);
  }

  private Samples samples() {
    if (count == 0) {
      throw Refusal.of(file, "has no line of numbers", "give at least one sample");
    }
    Bytes bytes = rows.finish();
    long stride = 8L * columns;
    ElementType type = ElementType.FLOAT64;
    return new Samples(
        file,
        new StoredArray(bytes, type, count, Shape.of(columns - 1), 0, stride, false),
        new StoredArray(bytes, type, count, Shape.of(1), stride - 8, stride, false),
        integers || indices ? TargetKind.LABELS : TargetKind.REAL,
        false,
        bytes);
  }
}
