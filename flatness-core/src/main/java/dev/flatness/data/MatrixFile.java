package dev.flatness.data;

import dev.flatness.internal.files.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a matrix of numbers from a .npy or .csv file.
 *
 * <p>Shapes: rows of one length. Cost: linear in the file. Errors: a file of another format, rows
 * of different lengths, a number that is not finite and more than 2^27 numbers are refused. The
 * first line of a .csv may be a header without numbers.
 */
public final class MatrixFile {
  private static final long MOST = 1 << 27;

  private MatrixFile() {}

  /**
   * Reads a matrix.
   *
   * @param file a .npy file of an array of two axes, or a .csv file
   * @return its rows
   * @throws IllegalArgumentException if the file holds no such matrix
   */
  public static double[][] read(Path file) {
    DataFormat format = DataFormat.detect(file);
    double[][] rows =
        switch (format) {
          case NPY -> npy(file);
          case CSV -> csv(file);
          default ->
              throw Refusal.of(
                  file,
                  "is a file of format " + format + ", expected a matrix",
                  "save it as .npy with two axes, or as .csv");
        };
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        if (!Double.isFinite(rows[i][j])) {
          throw Refusal.of(
              file,
              "has " + rows[i][j] + " in row " + (i + 1) + ", column " + (j + 1),
              "expected finite numbers, correct the entry");
        }
      }
    }
    return rows;
  }

  private static double[][] npy(Path file) {
    Bytes bytes = Bytes.of(file);
    try {
      StoredArray array = NpyHeader.read(bytes.stream(0), file).array(bytes, file);
      int columns = array.sample().size();
      if (array.sample().rank() != 1) {
        throw Refusal.of(
            file,
            "holds samples of shape " + array.sample() + ", expected rows of a matrix",
            "save an array of two axes");
      }
      require(file, (long) array.count() * columns);
      double[] flat = new double[array.count() * columns];
      array.read(0, array.count(), flat);
      double[][] rows = new double[array.count()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
      }
      return rows;
    } catch (IOException e) {
      throw Refusal.of(file, "cannot be read (" + e.getMessage() + ")", "copy it again", e);
    } finally {
      bytes.close();
    }
  }

  private static double[][] csv(Path file) {
    List<double[]> rows = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      CsvLines lines = new CsvLines(in, file);
      while (lines.next()) {
        if (lines.isBlank()) {
          continue;
        }
        double[] row = new double[lines.columns()];
        boolean header = lines.number() == 1;
        for (int column = 0; column < row.length; column++) {
          row[column] = lines.value(column);
          header &= Double.isNaN(row[column]);
        }
        if (header) {
          continue;
        }
        if (!rows.isEmpty() && rows.get(0).length != row.length) {
          throw Refusal.of(
              file,
              "line "
                  + lines.number()
                  + " has "
                  + row.length
                  + " columns, the lines before have "
                  + rows.get(0).length,
              "give every line as many cells");
        }
        require(file, (rows.size() + 1L) * row.length);
        rows.add(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + " cannot be read: " + Reason.of(e) + "; check its permissions", e);
    }
    if (rows.isEmpty()) {
      throw Refusal.of(file, "has no line of numbers", "give a row of the matrix in each line");
    }
    return rows.toArray(double[][]::new);
  }

  private static void require(Path file, long numbers) {
    if (numbers > MOST) {
      throw Refusal.of(
          file, "holds more than " + MOST + " numbers", "expected a matrix of a layer's inputs");
    }
  }
}
