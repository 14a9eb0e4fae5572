package dev.flatness.internal.report.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The text of charts, which is the same on every machine. */
class ChartTextTest {
  @Test
  void cellsAreTheNumbersOfTheReport() {
    assertEquals("0.10000000000000001", Numbers.cell(0.1));
    assertEquals("1.9762625833649862E-322", Numbers.cell(40 * Double.MIN_VALUE));
    assertEquals("", Numbers.cell(Double.NaN));
    for (double value : new double[] {2e23, 1.1, -3, 1e-300, Double.MAX_VALUE, 0}) {
      assertEquals(value, Double.parseDouble(Numbers.cell(value)));
    }
  }

  @Test
  void placesHaveTwoDigits() {
    double[] x = {0.125, 0.375, 2};
    double[] y = {1, -0.001, 10.5};
    Chart chart =
        new XyChart("t", "w", "x", "y", List.of(XyChart.Series.dots("s", x, y)), false, false);
    String svg = chart.svg();
    assertFalse(svg.matches("(?s).*\"-0\".*"));
    assertFalse(svg.matches("(?s).*[0-9]\\.[0-9]{3,}\".*"), svg);
    assertTrue(svg.contains("viewBox=\"0 0 640 380\""));
  }
}
