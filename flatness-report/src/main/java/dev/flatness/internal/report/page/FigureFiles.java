package dev.flatness.internal.report.page;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.report.chart.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Charts as files. */
public final class FigureFiles {
  private static final List<String> EXTENSIONS = List.of(".svg", "-dark.svg", ".png", ".csv");

  private FigureFiles() {}

  /**
   * Writes charts.
   *
   * @param charts by the name of their files
   * @param folder where to; made if it does not exist
   * @param overwrite whether existing files may be replaced
   * @throws IOException where a file cannot be written, or exists and may not be replaced; nothing
   *     is written then
   */
  public static void write(Map<String, Chart> charts, Path folder, boolean overwrite)
      throws IOException {
    Files.createDirectories(folder);
    for (String name : charts.keySet()) {
      for (String extension : EXTENSIONS) {
        OutputFile.check(folder.resolve(name + extension), overwrite);
      }
    }
    for (Map.Entry<String, Chart> entry : charts.entrySet()) {
      Chart chart = entry.getValue();
      OutputFile.writeText(
          folder.resolve(entry.getKey() + ".svg"), overwrite, out -> out.write(chart.svg()));
      OutputFile.writeText(
          folder.resolve(entry.getKey() + "-dark.svg"),
          overwrite,
          out -> out.write(chart.darkSvg()));
      byte[] png = chart.png();
      OutputFile.write(
          folder.resolve(entry.getKey() + ".png"), overwrite, stream -> stream.write(png));
      OutputFile.writeText(
          folder.resolve(entry.getKey() + ".csv"), overwrite, out -> out.write(csv(chart)));
    }
  }

  private static String csv(Chart chart) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : chart.table()) {
      text.append(String.join(",", row.stream().map(FigureFiles::quoted).toList())).append('\n');
    }
    return text.toString();
  }

  private static String quoted(String cell) {
    return cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
