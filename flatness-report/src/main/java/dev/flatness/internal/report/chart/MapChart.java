package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Values on a grid as shades and contour lines.
 *
 * @param title what is shown
 * @param words what is to be seen
 * @param x the name of the horizontal axis
 * @param y the name of the vertical axis
 * @param value the name of the values, with their unit
 * @param across the steps to the right
 * @param up the steps upwards
 * @param values {@code values[i][j]} at the i-th step to the right and the j-th upwards; NaN for
 *     none
 * @param outside which points are marked
 * @param scale the scale of the values, shared by maps that are compared
 * @param marks further points, drawn where they lie between the axes
 */
public record MapChart(
    String title,
    String words,
    String x,
    String y,
    String value,
    double[] across,
    double[] up,
    double[][] values,
    boolean[][] outside,
    Scale scale,
    List<Mark> marks)
    implements Chart {
  private static final int LEVELS = 12;

  /** The letters of a mark there is room for. */
  private static final int MARK = 32;

  /** The small dots there is room for along an axis. */
  private static final int DOTS = 26;

  /**
   * A named point.
   *
   * @param x its place to the right
   * @param y its place upwards
   * @param name what is there
   */
  public record Mark(double x, double y, String name) {
    /**
     * Tells whether a map shows the point.
     *
     * @param across the map's steps to the right
     * @param up the map's steps upwards
     * @return whether it lies on a cell of the map
     */
    public boolean isOn(double[] across, double[] up) {
      return holds(around(across), x) && holds(around(up), y);
    }

    private static boolean holds(Scale scale, double value) {
      return value >= scale.low() && value <= scale.high();
    }
  }

  @Override
  public double width() {
    return 640;
  }

  @Override
  public double height() {
    return 520;
  }

  @Override
  public void draw(Canvas canvas) {
    drawMap(canvas, 76, 40, 440, 420);
    drawLegend(canvas, 540, 60, 380);
  }

  /** Draws the map without its legend into a rectangle, its axes and title around it. */
  void drawMap(Canvas canvas, double left, double top, double width, double height) {
    Frame frame = new Frame(left, top, left + width, top + height, around(across), around(up));
    double[][] shares = new double[across.length][up.length];
    double[][] turned = new double[across.length][up.length];
    for (int i = 0; i < across.length; i++) {
      for (int j = 0; j < up.length; j++) {
        shares[i][j] = Double.isNaN(values[i][j]) ? Double.NaN : scale.at(values[i][j]);
        turned[i][up.length - 1 - j] = shares[i][j];
      }
    }
    canvas.shades(left, top, width, height, turned);
    contours(canvas, frame, shares);
    beyond(canvas, frame);
    frame.title(canvas, title);
    frame.draw(canvas, x, y, false);
    for (Mark mark : marks) {
      if (!mark.isOn(across, up)) {
        continue;
      }
      canvas.dot(frame.x(mark.x()), frame.y(mark.y()), 4, Canvas.Role.ALERT, mark.name());
      boolean right = mark.x() > (across[0] + across[across.length - 1]) / 2;
      canvas.text(
          frame.x(mark.x()) + (right ? -7 : 7),
          frame.y(mark.y()) - 6,
          Numbers.shortened(mark.name(), MARK),
          right ? Canvas.Anchor.END : Canvas.Anchor.START,
          Canvas.Role.ALERT,
          12);
    }
  }

  /** A scale with half a step of room at both ends, so that every point has a cell. */
  private static Scale around(double[] steps) {
    double low = steps[0];
    double high = steps[steps.length - 1];
    double half = (high - low) / (steps.length - 1) / 2;
    return new Scale(low - half, high + half, false);
  }

  private void contours(Canvas canvas, Frame frame, double[][] shares) {
    for (int level = 1; level < LEVELS; level++) {
      List<double[]> pieces = Contours.of(shares, (double) level / LEVELS);
      if (pieces.isEmpty()) {
        continue;
      }
      double[] lineX = new double[3 * pieces.size()];
      double[] lineY = new double[3 * pieces.size()];
      for (int k = 0; k < pieces.size(); k++) {
        double[] piece = pieces.get(k);
        for (int end = 0; end < 2; end++) {
          lineX[3 * k + end] = frame.x(place(across, piece[2 * end]));
          lineY[3 * k + end] = frame.y(place(up, piece[2 * end + 1]));
        }
        lineX[3 * k + 2] = Double.NaN;
        lineY[3 * k + 2] = Double.NaN;
      }
      canvas.path(lineX, lineY, Canvas.Role.INK, 0.6, new float[0]);
    }
  }

  private static double place(double[] steps, double index) {
    int below = (int) Math.min(steps.length - 2, Math.floor(index));
    return steps[below] + (index - below) * (steps[below + 1] - steps[below]);
  }

  /** A small dot at every marked point, as far as there is room for them. */
  private void beyond(Canvas canvas, Frame frame) {
    int right = Math.max(1, across.length / DOTS);
    int upwards = Math.max(1, up.length / DOTS);
    for (int i = 0; i < across.length; i += right) {
      for (int j = 0; j < up.length; j += upwards) {
        if (outside[i][j]) {
          canvas.dot(frame.x(across[i]), frame.y(up[j]), 1, Canvas.Role.ALERT, "");
        }
      }
    }
  }

  void drawLegend(Canvas canvas, double left, double top, double height) {
    double[][] ramp = new double[1][64];
    for (int k = 0; k < ramp[0].length; k++) {
      ramp[0][k] = 1 - (k + 0.5) / ramp[0].length;
    }
    canvas.shades(left, top, 18, height, ramp);
    for (double tick : scale.ticks()) {
      double at = top + (1 - scale.at(tick)) * height;
      canvas.text(left + 24, at + 4, scale.label(tick), Canvas.Anchor.START, Canvas.Role.FAINT, 12);
    }
    canvas.text(left, top - 10, value, Canvas.Anchor.START, Canvas.Role.INK, 12);
  }

  @Override
  public List<List<String>> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("i", "j", "x", "y", "value", "outside"));
    for (int i = 0; i < across.length; i++) {
      for (int j = 0; j < up.length; j++) {
        rows.add(
            List.of(
                Integer.toString(i),
                Integer.toString(j),
                Numbers.cell(across[i]),
                Numbers.cell(up[j]),
                Numbers.cell(values[i][j]),
                Boolean.toString(outside[i][j])));
      }
    }
    return rows;
  }
}
