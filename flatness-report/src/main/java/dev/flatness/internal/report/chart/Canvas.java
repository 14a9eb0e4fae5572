package dev.flatness.internal.report.chart;

/**
 * What charts draw on: points in pixels from the upper left corner.
 *
 * <p>Colors are roles, so that a page can change them with its theme.
 */
public interface Canvas {
  /** What a color is for. */
  enum Role {
    /** Text and axes. */
    INK,
    /** Lines of a grid. */
    GRID,
    /** Less important text. */
    FAINT,
    /** The first series. */
    FIRST,
    /** The second series. */
    SECOND,
    /** The third series. */
    THIRD,
    /** The fourth series. */
    FOURTH,
    /** What failed or needs attention. */
    ALERT;

    /**
     * Returns the color of a series.
     *
     * @param number from 0
     * @return one of four, in turn
     */
    public static Role series(int number) {
      return values()[FIRST.ordinal() + number % 4];
    }
  }

  /** Where a text stands by its point. */
  enum Anchor {
    /** Begins there. */
    START,
    /** Is centered there. */
    MIDDLE,
    /** Ends there. */
    END
  }

  /** Draws a straight line of a width. */
  void line(double x1, double y1, double x2, double y2, Role role, double width);

  /**
   * Draws a line through points; it is broken where a coordinate is NaN.
   *
   * @param dash lengths of strokes and gaps in pixels; empty for a solid line
   */
  void path(double[] x, double[] y, Role role, double width, float[] dash);

  /** Fills a polygon, a quarter opaque. */
  void area(double[] x, double[] y, Role role);

  /** Fills a rectangle, with words that appear where it is pointed at; empty for none. */
  void bar(double x, double y, double width, double height, Role role, String words);

  /**
   * Fills a rectangle with shades of a scale of colors, in equal cells.
   *
   * @param shares {@code shares[column][row]}, rows from above: from 0, low, to 1, high; NaN for no
   *     value
   */
  void shades(double x, double y, double width, double height, double[][] shares);

  /** Draws a disk, with words that appear where it is pointed at; empty for none. */
  void dot(double x, double y, double radius, Role role, String words);

  /** Writes a text on a base line. */
  void text(double x, double y, String text, Anchor anchor, Role role, double size);

  /** Writes a text upwards, centered at a point. */
  void upwards(double x, double y, String text, Role role, double size);
}
