package dev.flatness.internal.report.page;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.report.chart.Chart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Charts as files. */
public final class FigureFiles {
  private FigureFiles() {}

  /**
   * Writes charts; without PNG where this machine has no fonts.
   *
   * @param charts by the name of their files
   * @param folder where to; made if it does not exist
   * @param overwrite whether existing files may be replaced
   * @throws IOException where a file cannot be written, or exists and may not be replaced; nothing
   *     is written then
   */
  public static void write(Map<String, Chart> charts, Path folder, boolean overwrite)
      throws IOException {
    write(charts, folder, overwrite, Chart.hasFonts());
  }

  static void write(Map<String, Chart> charts, Path folder, boolean overwrite, boolean images)
      throws IOException {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    for (Map.Entry<String, Chart> entry : charts.entrySet()) {
      String name = entry.getKey();
      Chart chart = entry.getValue();
      files.put(folder.resolve(name + ".svg"), utf8(chart.svg()));
      files.put(folder.resolve(name + "-dark.svg"), utf8(chart.darkSvg()));
      if (images) {
        files.put(folder.resolve(name + ".png"), chart.png());
      }
      files.put(folder.resolve(name + ".csv"), utf8(csv(chart)));
    }
    Files.createDirectories(folder);
    for (Path file : files.keySet()) {
      OutputFile.check(file, overwrite);
    }
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      OutputFile.write(file.getKey(), overwrite, stream -> stream.write(file.getValue()));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
