package dev.flatness.internal.report.chart;

import java.util.Locale;

/**
 * The rectangle that values are drawn in, between its axes.
 *
 * @param left the left edge
 * @param top the upper edge
 * @param right the right edge
 * @param bottom the lower edge
 * @param x the scale of the horizontal axis
 * @param y the scale of the vertical axis
 */
record Frame(double left, double top, double right, double bottom, Scale x, Scale y) {
  private static final double TEXT = 12;

  /** The letters of a title there is room for. */
  private static final int TITLE = 72;

  double x(double value) {
    return left + x.at(value) * (right - left);
  }

  double y(double value) {
    return bottom - y.at(value) * (bottom - top);
  }

  /** Draws the axes with their ticks and names, and lines at the ticks if wanted. */
  void draw(Canvas canvas, String xName, String yName, boolean grid) {
    draw(canvas, xName, yName, grid, false);
  }

  /** Also leaves out the ticks of the horizontal axis between whole numbers. */
  void draw(Canvas canvas, String xName, String yName, boolean grid, boolean whole) {
    for (double tick : x.ticks()) {
      if (whole && tick != Math.rint(tick)) {
        continue;
      }
      String label = whole ? String.format(Locale.ROOT, "%.0f", tick) : x.label(tick);
      double from = grid ? top : bottom;
      canvas.line(x(tick), from, x(tick), bottom + 4, Canvas.Role.GRID, 1);
      canvas.text(x(tick), bottom + 16, label, Canvas.Anchor.MIDDLE, Canvas.Role.FAINT, TEXT);
    }
    for (double tick : y.ticks()) {
      double to = grid ? right : left;
      canvas.line(left - 4, y(tick), to, y(tick), Canvas.Role.GRID, 1);
      canvas.text(left - 6, y(tick) + 4, y.label(tick), Canvas.Anchor.END, Canvas.Role.FAINT, TEXT);
    }
    canvas.line(left, bottom, right, bottom, Canvas.Role.INK, 1);
    canvas.line(left, top, left, bottom, Canvas.Role.INK, 1);
    canvas.text(
        (left + right) / 2, bottom + 36, xName, Canvas.Anchor.MIDDLE, Canvas.Role.INK, TEXT);
    canvas.upwards(left - 54, (top + bottom) / 2, yName, Canvas.Role.INK, TEXT);
  }

  /** Draws the title above the frame. */
  void title(Canvas canvas, String title) {
    canvas.text(
        left - 60,
        top - 14,
        Numbers.shortened(title, TITLE),
        Canvas.Anchor.START,
        Canvas.Role.INK,
        14);
  }
}
