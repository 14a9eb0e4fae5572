package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lines and points over two axes.
 *
 * @param title what is shown
 * @param words what is to be seen
 * @param x the name of the horizontal axis, with its unit
 * @param y the name of the vertical axis, with its unit
 * @param series what is drawn
 * @param logX whether the horizontal axis is logarithmic
 * @param logY whether the vertical axis is logarithmic
 */
public record XyChart(
    String title, String words, String x, String y, List<Series> series, boolean logX, boolean logY)
    implements Chart {
  /** The letters of a name in the legend there is room for. */
  private static final int NAME = 34;

  /**
   * One line, or points.
   *
   * @param name what it is
   * @param x its places
   * @param y its values; NaN breaks the line
   * @param low the lower end of its band; empty without one
   * @param high the upper end of its band; empty without one
   * @param line whether points are joined
   * @param dots whether points are drawn
   * @param outside which points are marked in red; empty where none can be
   */
  public record Series(
      String name,
      double[] x,
      double[] y,
      double[] low,
      double[] high,
      boolean line,
      boolean dots,
      boolean[] outside) {
    private static final double[] NO_BAND = {};
    private static final boolean[] NO_MARKS = {};

    /**
     * Makes a line without a band.
     *
     * @param name what it is
     * @param x its places
     * @param y its values
     * @return the series
     */
    public static Series line(String name, double[] x, double[] y) {
      return new Series(name, x, y, NO_BAND, NO_BAND, true, x.length <= 60, NO_MARKS);
    }

    /**
     * Makes a line with a band.
     *
     * @param name what it is
     * @param x its places
     * @param y its values
     * @param low the lower end of the band
     * @param high the upper end of the band
     * @param dots whether points are drawn
     * @return the series
     */
    public static Series banded(
        String name, double[] x, double[] y, double[] low, double[] high, boolean dots) {
      return new Series(name, x, y, low, high, true, dots, NO_MARKS);
    }

    /**
     * Returns the series with marks.
     *
     * @param which one for each point
     * @return the series, its marked points drawn in red
     */
    public Series marked(boolean[] which) {
      return new Series(name, x, y, low, high, line, dots, which);
    }

    /**
     * Makes points.
     *
     * @param name what they are
     * @param x their places
     * @param y their values
     * @return the series
     */
    public static Series dots(String name, double[] x, double[] y) {
      return new Series(name, x, y, NO_BAND, NO_BAND, false, true, NO_MARKS);
    }
  }

  @Override
  public double width() {
    return 640;
  }

  @Override
  public double height() {
    return 380 + legendHeight();
  }

  private double legendHeight() {
    return series.size() > 1 ? 18.0 * ((series.size() + 1) / 2) : 0;
  }

  private static double[] all(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** Four colors, then the same with strokes and gaps. */
  private static float[] dash(int number) {
    return switch (number / 4 % 4) {
      case 0 -> new float[0];
      case 1 -> new float[] {7, 3};
      case 2 -> new float[] {2, 2};
      default -> new float[] {9, 3, 2, 3};
    };
  }

  /** Whether the places count something. */
  private boolean areRanks() {
    return !logX
        && series.stream()
            .flatMapToDouble(one -> Arrays.stream(one.x()))
            .allMatch(place -> place >= 1 && place == Math.rint(place));
  }

  /** Points at the ends would be cut by the frame. */
  private static Scale withRoom(Scale scale) {
    double room = 0.04 * (scale.high() - scale.low());
    return new Scale(scale.low() - room, scale.high() + room, false);
  }

  private Frame frame() {
    double[] places = all(series.stream().map(Series::x).toList());
    List<double[]> values = new ArrayList<>();
    for (Series one : series) {
      values.add(one.y());
      values.add(one.low());
      values.add(one.high());
    }
    Scale across = logX ? Scale.logarithmic(places) : Scale.linear(places);
    if (!logX && series.stream().noneMatch(Series::line)) {
      across = withRoom(across);
    }
    Scale up = logY ? Scale.logarithmic(all(values)) : Scale.linear(all(values)).rounded();
    return new Frame(76, 40, 620, 330, across, up);
  }

  @Override
  public void draw(Canvas canvas) {
    Frame frame = frame();
    frame.title(canvas, title);
    frame.draw(canvas, x, y, true, areRanks());
    for (int i = 0; i < series.size(); i++) {
      draw(canvas, frame, series.get(i), Canvas.Role.series(i), dash(i));
    }
    if (series.size() > 1) {
      for (int i = 0; i < series.size(); i++) {
        double left = 80 + 280.0 * (i % 2);
        double at = 386 + 18.0 * (i / 2);
        Series one = series.get(i);
        if (one.line()) {
          double[] ends = {left, left + 24};
          canvas.path(ends, new double[] {at - 4, at - 4}, Canvas.Role.series(i), 3, dash(i));
        } else {
          canvas.dot(left + 12, at - 4, 4, Canvas.Role.series(i), "");
        }
        canvas.text(
            left + 30,
            at,
            Numbers.shortened(one.name(), NAME),
            Canvas.Anchor.START,
            Canvas.Role.INK,
            12);
      }
    }
  }

  private void draw(Canvas canvas, Frame frame, Series one, Canvas.Role role, float[] dash) {
    int n = one.x().length;
    double[] across = new double[n];
    double[] up = new double[n];
    for (int i = 0; i < n; i++) {
      across[i] = frame.x(one.x()[i]);
      up[i] = logY && !(one.y()[i] > 0) ? Double.NaN : frame.y(one.y()[i]);
    }
    if (one.low().length == n && n > 0) {
      double[] aroundX = new double[2 * n];
      double[] aroundY = new double[2 * n];
      for (int i = 0; i < n; i++) {
        aroundX[i] = across[i];
        aroundX[2 * n - 1 - i] = across[i];
        aroundY[i] = band(frame, one.low()[i]);
        aroundY[2 * n - 1 - i] = band(frame, one.high()[i]);
      }
      canvas.area(aroundX, aroundY, role);
    }
    if (one.line()) {
      canvas.path(across, up, role, 2, dash);
    }
    for (int i = 0; i < n; i++) {
      boolean marked = i < one.outside().length && one.outside()[i];
      if (one.dots() || marked) {
        if (!Double.isNaN(across[i]) && !Double.isNaN(up[i])) {
          canvas.dot(
              across[i],
              up[i],
              marked ? 2 : 3,
              marked ? Canvas.Role.ALERT : role,
              one.name() + ": " + Numbers.six(one.x()[i]) + ", " + Numbers.six(one.y()[i]));
        }
      }
    }
  }

  private double band(Frame frame, double value) {
    return logY && !(value > 0) ? frame.bottom() : frame.y(value);
  }

  @Override
  public List<List<String>> table() {
    List<List<String>> rows = new ArrayList<>();
    boolean marks = series.stream().anyMatch(one -> one.outside().length > 0);
    List<String> header = new ArrayList<>(List.of("series", "x", "y", "low", "high"));
    if (marks) {
      header.add("outside");
    }
    rows.add(header);
    for (Series one : series) {
      for (int i = 0; i < one.x().length; i++) {
        boolean banded = one.low().length == one.x().length;
        List<String> row = new ArrayList<>();
        row.add(one.name());
        row.add(Numbers.cell(one.x()[i]));
        row.add(Numbers.cell(one.y()[i]));
        row.add(banded ? Numbers.cell(one.low()[i]) : "");
        row.add(banded ? Numbers.cell(one.high()[i]) : "");
        if (marks) {
          row.add(Boolean.toString(i < one.outside().length && one.outside()[i]));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
