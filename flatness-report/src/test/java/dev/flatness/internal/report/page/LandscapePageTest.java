package dev.flatness.internal.report.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
}
