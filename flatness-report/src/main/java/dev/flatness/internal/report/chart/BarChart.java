package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars by name.
 *
 * @param title what is shown
 * @param words what is to be seen
 * @param x the name of the horizontal axis, with its unit
 * @param bars what is drawn, from above
 * @param logarithmic whether the axis is logarithmic
 * @param origin where bars begin; NaN for 0, or the low end of a logarithmic axis
 */
public record BarChart(
    String title, String words, String x, List<Bar> bars, boolean logarithmic, double origin)
    implements Chart {
  private static final double ROW = 22;

  /** A value this close to the origin is a dot there: it stayed. */
  private static final double STAYED = 1e-6;

  private static final double TOP = 40;

  /** The letters there is room for beside the bars. */
  private static final int NAME = 24;

  /**
   * One bar.
   *
   * @param name what it is
   * @param value its length
   * @param role its color
   */
  public record Bar(String name, double value, Canvas.Role role) {}

  /**
   * Makes a chart whose bars begin at 0, or at the low end of a logarithmic axis.
   *
   * @param title what is shown
   * @param words what is to be seen
   * @param x the name of the horizontal axis, with its unit
   * @param bars what is drawn, from above
   * @param logarithmic whether the axis is logarithmic
   */
  public BarChart(String title, String words, String x, List<Bar> bars, boolean logarithmic) {
    this(title, words, x, bars, logarithmic, Double.NaN);
  }

  @Override
  public double width() {
    return 640;
  }

  @Override
  public double height() {
    return TOP + ROW * bars.size() + 48;
  }

  @Override
  public void draw(Canvas canvas) {
    boolean based = !Double.isNaN(origin);
    double[] values =
        DoubleStream.concat(
                bars.stream().mapToDouble(Bar::value), DoubleStream.of(based ? origin : Double.NaN))
            .toArray();
    Scale scale = logarithmic ? Scale.logarithmic(values) : Scale.linear(values).withZero();
    double bottom = TOP + ROW * bars.size();
    Frame frame = new Frame(180, TOP, 610, bottom, scale, new Scale(0, 1, false));
    canvas.text(16, TOP - 14, title, Canvas.Anchor.START, Canvas.Role.INK, 14);
    for (double tick : scale.ticks()) {
      canvas.line(frame.x(tick), TOP, frame.x(tick), bottom, Canvas.Role.GRID, 1);
      canvas.text(
          frame.x(tick),
          bottom + 16,
          scale.label(tick),
          Canvas.Anchor.MIDDLE,
          Canvas.Role.FAINT,
          12);
    }
    canvas.text(395, bottom + 36, x, Canvas.Anchor.MIDDLE, Canvas.Role.INK, 12);
    double base = based ? frame.x(origin) : logarithmic ? frame.left() : frame.x(0);
    canvas.line(base, TOP, base, bottom, Canvas.Role.INK, 1);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double y = TOP + ROW * i;
      canvas.text(
          172, y + 15, Numbers.shortened(bar.name(), NAME), Canvas.Anchor.END, Canvas.Role.INK, 12);
      if (Double.isFinite(bar.value()) && !(logarithmic && bar.value() <= 0)) {
        double end = frame.x(bar.value());
        String words = bar.name() + ": " + Numbers.six(bar.value());
        if (based && Math.abs(bar.value() / origin - 1) < STAYED) {
          canvas.dot(base, y + ROW / 2, 5, bar.role(), words);
        } else {
          canvas.bar(
              Math.min(base, end),
              y + 4,
              Math.max(1, Math.abs(end - base)),
              ROW - 8,
              bar.role(),
              words);
        }
      }
    }
  }

  @Override
  public List<List<String>> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("name", "value"));
    for (Bar bar : bars) {
      rows.add(List.of(bar.name(), Numbers.cell(bar.value())));
    }
    return rows;
  }
}
