package dev.flatness.internal.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charts of measures and spectra. */
class FiguresTest {
  private static Map<String, Chart> charts(String report) throws IOException {
    return Figures.of(Json.parse(report));
  }

  private static String spectrum(String layer) {
    return "{\"operator\":\"hessian\",\"layer\":\""
        + layer
        + "\",\"eigenvalues\":{\"largest\":[{\"value\":2},{\"value\":1}]}}";
  }

  @Test
  void everyLayerHasItsOwnChart() throws IOException {
    String spectra =
        String.join(",", spectrum("fc.1"), spectrum("fc_1"), spectrum("слой"), spectrum("層"));
    assertEquals(
        List.of(
            "spectrum-eigenvalues-fc-1",
            "spectrum-eigenvalues-fc-1-2",
            "spectrum-eigenvalues-1",
            "spectrum-eigenvalues-2"),
        List.copyOf(charts("{\"spectra\":[" + spectra + "]}").keySet()));
  }

  private static String layer(String id, String layer) {
    return "{\"id\":\"" + id + "\",\"scope\":\"layer\",\"layer\":\"" + layer + "\",\"value\":1}";
  }

  @Test
  void noMeasureNamesAFolder() throws IOException {
    String measures =
        String.join(
            ",", layer("../a/b", "x"), layer("../a/b", "y"), layer("a.b", "x"), layer("a.b", "y"));
    assertEquals(
        List.of("layers-a-b", "layers-a-b-2"),
        List.copyOf(charts("{\"measures\":[" + measures + "]}").keySet()));
  }

  private static Chart neurons(String values) throws IOException {
    return charts(
            "{\"measures\":[{\"id\":\"rho\",\"scope\":\"neuron\",\"layer\":\"a\",\"values\":"
                + values
                + "}]}")
        .get("neurons-rho");
  }

  @Test
  void logarithmicAxisSaysWhatItLeavesOut() throws IOException {
    String all = "A falling line for each of 1 layers, a point for each neuron.";
    assertEquals(all, neurons("[3,1,2]").words());
    assertEquals(all, neurons("[0,-1]").words());
    assertEquals(
        all + " The axis has no place for 3 values of 0 or below.",
        neurons("[3,0,0,-1,2,null]").words());
    assertEquals(
        all + " The axis has no place for 1 value of 0 or below.", neurons("[3,0]").words());
  }

  @Test
  void machineWithoutFontsWritesTheOtherFiles(@TempDir Path folder) throws IOException {
    Map<String, Chart> charts = charts("{\"spectra\":[" + spectrum("") + "]}");
    FigureFiles.write(charts, folder.resolve("without"), false, false);
    assertEquals(
        Set.of(
            "spectrum-eigenvalues.svg",
            "spectrum-eigenvalues-dark.svg",
            "spectrum-eigenvalues.csv"),
        files(folder.resolve("without")));
    if (Chart.hasFonts()) {
      FigureFiles.write(charts, folder.resolve("with"), false);
      assertTrue(files(folder.resolve("with")).contains("spectrum-eigenvalues.png"));
    }
  }

  @Test
  void nothingIsWrittenWhereAFileIsInTheWay(@TempDir Path folder) throws IOException {
    Files.createFile(folder.resolve("spectrum-eigenvalues.csv"));
    Map<String, Chart> charts = charts("{\"spectra\":[" + spectrum("") + "]}");
    assertThrows(IOException.class, () -> FigureFiles.write(charts, folder, false, false));
    assertEquals(Set.of("spectrum-eigenvalues.csv"), files(folder));
  }

  private static Set<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
