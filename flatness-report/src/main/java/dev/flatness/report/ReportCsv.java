package dev.flatness.report;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * Writes the estimates of a report as comma-separated values, one line a number, with the header
 * {@code id,scope,layer,index,value,standard_error,status,scaling,permutation}.
 *
 * <p>The index counts the entries of a list from 0 and is empty elsewhere, as is the value where
 * there is none. Numbers have 17 significant digits.
 */
public final class ReportCsv {
  private ReportCsv() {}

  /**
   * Writes a report's estimates to a file, as a whole or not at all.
   *
   * @param report the report
   * @param file where to
   * @param overwrite whether an existing file may be replaced
   * @throws IOException where the file cannot be written, or exists and may not be replaced
   */
  public static void write(Report report, Path file, boolean overwrite) throws IOException {
    OutputFile.write(file, overwrite, writer -> write(report, writer));
  }

  static void write(Report report, Writer writer) throws IOException {
    writer.write("id,scope,layer,index,value,standard_error,status,scaling,permutation\n");
    for (Estimate estimate : report.measures()) {
      double[] values = estimate.values();
      boolean list = estimate.scope() == Scope.NEURON || values.length != 1;
      if (list && values.length == 0) {
        line(writer, estimate, "", Double.NaN);
      }
      for (int i = 0; i < values.length; i++) {
        line(writer, estimate, list ? Integer.toString(i) : "", values[i]);
      }
    }
  }

  private static void line(Writer writer, Estimate estimate, String index, double value)
      throws IOException {
    writer.write(
        String.join(
                ",",
                quoted(estimate.id()),
                estimate.scope().id(),
                estimate.layer() == null ? "" : quoted(estimate.layer()),
                index,
                number(OptionalDouble.of(value)),
                number(estimate.standardError()),
                estimate.status().id(),
                estimate.invariance().scaling().id(),
                Boolean.toString(estimate.invariance().permutation()))
            + "\n");
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble())
        ? JsonValues.text(value.getAsDouble())
        : "";
  }

  static String quoted(String text) {
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
