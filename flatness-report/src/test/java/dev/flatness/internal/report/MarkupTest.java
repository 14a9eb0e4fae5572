package dev.flatness.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flatness.internal.report.chart.Chart;
import dev.flatness.internal.report.chart.XyChart;
import dev.flatness.report.Palette;
import dev.flatness.report.ReportComparison;
import dev.flatness.report.ReportDocument;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class MarkupTest {
  private static final String BAD = "a\u0000\u001b[31m\r\u009b\ud800\uffff<\ud83d\ude00>\t\n";

  @Test
  void replacesControlCharactersAndHalvesOfPairs() {
    assertEquals("plain ü", Markup.cleaned("plain ü"));
    assertEquals(
        "a\ufffd\ufffd[31m\ufffd\ufffd\ufffd\ufffd<\ud83d\ude00>\t\n", Markup.cleaned(BAD));
  }

  @Test
  void chartIsXmlWhateverItsNames() throws Exception {
    double[] one = {1, 2};
    Chart chart =
        new XyChart(BAD, BAD, BAD, BAD, List.of(XyChart.Series.dots(BAD, one, one)), false, false);
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(chart.svg())));
  }

  @Test
  void foreignReportsDoNotCommandTheTerminal(@TempDir Path folder) throws IOException {
    String text =
        "{\"schema\":\"flatness-report-1\",\"model\":{\"file\":\"\\u001b[2Jx.onnx\",\"notes\":[\"\\u001b[31mred\"]},"
            + "\"measures\":[{\"id\":\"kappa\",\"scope\":\"layer\",\"layer\":\"\\u009b1m\",\"value\":1}]}";
    Path a = Files.writeString(folder.resolve("a.json"), text);
    Path b = Files.writeString(folder.resolve("b.json"), text);
    ReportComparison comparison =
        ReportComparison.of(List.of(ReportDocument.read(a), ReportDocument.read(b)));
    String shown = comparison.text(80, Palette.PLAIN);
    assertFalse(shown.contains("\u001b") || shown.contains("\u009b"), shown);
    assertTrue(shown.contains("red"), shown);
    Path broken = Files.writeString(folder.resolve("c.json"), "fo\u001b[31m");
    String message =
        assertThrows(IllegalArgumentException.class, () -> ReportDocument.read(broken))
            .getMessage();
    assertFalse(message.contains("\u001b"), message);
  }
}
