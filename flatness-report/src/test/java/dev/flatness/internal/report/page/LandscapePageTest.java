package dev.flatness.internal.report.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.json.Json;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Landscapes in pages and figures. */
class LandscapePageTest {
  private static final String PLANE =
      "{\"model\":\"net.onnx\",\"coordinates\":\"parameters\",\"directions\":\"filter\",\"seed\":1,"
          + "\"axes\":[[-1,0,1],[-0.5,0.5]],\"center\":1,\"outside\":1,"
          + "\"loss\":[[1e39,1e-50],[0.123456789,null],[0,-250]],"
          + "\"outsideChart\":[[true,false],[false,false],[false,false]]}";

  private static Json landscapes(String... landscapes) throws IOException {
    return Json.parse("{\"landscapes\":[" + String.join(",", landscapes) + "]}");
  }

  private static Map<String, Chart> charts(String... landscapes) throws IOException {
    return Figures.of(landscapes(landscapes));
  }

  @Test
  void surfaceHoldsLossesThatNoFloatHolds() throws IOException {
    Page page = new Page(new LinkedHashMap<>(), "");
    LandscapeParts.add(landscapes(PLANE), page);
    Matcher data =
        Pattern.compile("<script type=\"application/json\"[^>]*>(.*?)</script>")
            .matcher(page.toString());
    assertTrue(data.find());
    Json surface = Json.parse(data.group(1));
    assertArrayEquals(new double[] {-1, 0, 1}, surface.get("x").numbers());
    assertArrayEquals(new double[] {1e39, 0.123457, 0}, surface.get("z").at(0).numbers());
    assertArrayEquals(new double[] {1e-50, Double.NaN, -250}, surface.get("z").at(1).numbers());
  }

  private static String line(String model, String values, String outside) {
    return "{\"model\":\""
        + model
        + "\",\"coordinates\":\"basis-paths\",\"directions\":\"filter\",\"seed\":1,"
        + "\"axes\":[[-1,0,1]],\"center\":1,\"loss\":"
        + values
        + ",\"outsideChart\":"
        + outside
        + "}";
  }

  @Test
  void lineMarksPointsBeyondTheChart() throws IOException {
    Chart chart = charts(line("a.onnx", "[4,1,2]", "[true,false,false]")).get("landscape-loss");
    assertTrue(chart.words().contains("small red dots mark points beyond the chart"));
    assertEquals(1, count(chart.svg(), "<circle[^>]* r=\"2\"[^>]*f-alert"));
    assertEquals(List.of("series", "x", "y", "low", "high", "outside"), chart.table().get(0));
    assertEquals("true", chart.table().get(1).get(5));
    assertEquals("false", chart.table().get(2).get(5));
    Chart within = charts(line("a.onnx", "[4,1,2]", "[false,false,false]")).get("landscape-loss");
    assertFalse(within.words().contains("red"));
  }

  @Test
  void mapMarksEveryRowOfAPlaneOfFewRows() throws IOException {
    List<String> across = Collections.nCopies(201, "[1,2,3,4,5,6,7]");
    List<String> outside = Collections.nCopies(201, "[true,true,true,true,true,true,true]");
    String steps =
        IntStream.range(0, 201).mapToObj(Integer::toString).collect(Collectors.joining(","));
    String plane =
        "{\"model\":\"a.onnx\",\"axes\":[["
            + steps
            + "],[0,1,2,3,4,5,6]],\"center\":1,\"outside\":1407,\"loss\":"
            + across
            + ",\"outsideChart\":"
            + outside
            + "}";
    String svg = charts(plane).get("landscape-loss").svg();
    Set<String> rows =
        Pattern.compile("<circle cx=\"[^\"]*\" cy=\"([^\"]*)\" r=\"1\"")
            .matcher(svg)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    assertEquals(7, rows.size());
  }

  @Test
  void networksBeyondTheAxesAreNotDrawn() throws IOException {
    String plane =
        "{\"model\":\"t1.onnx\",\"directions\":\"given\",\"targets\":[\"t2.onnx\",\"t3.onnx\"],"
            + "\"axes\":[[-0.2,0,0.2],[-1,0,1]],\"center\":1,\"outside\":0,"
            + "\"loss\":[[1,2,3],[1,2,3],[1,2,3]]}";
    Chart chart = charts(plane).get("landscape-loss");
    assertTrue(
        chart.words().contains("; t2.onnx is at (1, 0), beyond the axes; t3.onnx is at (0, 1)."),
        chart.words());
    assertEquals(2, count(chart.svg(), "<circle"));
    assertFalse(chart.svg().contains(">t2.onnx</text>"));
    assertTrue(chart.svg().contains(">t3.onnx</text>"));
  }

  @Test
  void planeHasAMapOfItsAccuracy() throws IOException {
    String judged =
        PLANE.replace("\"outsideChart\"", "\"accuracy\":[[1,0],[0.5,0.25],[0,1]],\"outsideChart\"");
    Chart one = charts(judged).get("landscape-accuracy");
    assertTrue(one.words().startsWith("Shades and contour lines of the accuracy"), one.words());
    assertEquals("0.25", one.table().get(4).get(4));
    Chart two = charts(judged, judged.replace("net.onnx", "other.onnx")).get("landscape-accuracy");
    assertTrue(two.words().contains("2 networks"), two.words());
  }

  @Test
  void networksOfOneNameAreToldApartByTheirFolders() throws IOException {
    Json report =
        landscapes(
            line("ra/final.onnx", "[4,1,2]", "[]"),
            line("x/rb/final.onnx", "[3,1,2]", "[]"),
            line("first.onnx", "[3,1,2]", "[]"));
    Chart chart = Figures.of(report).get("landscape-loss");
    assertEquals(
        List.of("series", "ra/final.onnx", "rb/final.onnx", "first.onnx"),
        chart.table().stream().map(row -> row.get(0)).distinct().toList());
    Page page = new Page(new LinkedHashMap<>(), "");
    LandscapeParts.add(report, page);
    assertTrue(page.toString().contains(">ra/final.onnx<"), page.toString());
  }

  @Test
  void namesHaveTheFoldersTheyNeed() {
    assertEquals(
        Map.of("a/b/x", "a/b/x", "c/b/x", "c/b/x", "x", "x", "d/y", "y", "d\\z", "z"),
        Names.apart(List.of("a/b/x", "c/b/x", "x", "d/y", "d\\z")));
    assertEquals(Map.of("a/x", "x"), Names.apart(List.of("a/x", "a/x")));
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }
}
