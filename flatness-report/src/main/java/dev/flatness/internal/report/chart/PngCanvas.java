package dev.flatness.internal.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Draws on an image of twice the size in pixels. */
final class PngCanvas implements Canvas {
  private static final int ZOOM = 2;

  private final Graphics2D graphics;

  private PngCanvas(Graphics2D graphics) {
    this.graphics = graphics;
  }

  static BufferedImage of(Chart chart) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(ZOOM * chart.width()),
            (int) Math.ceil(ZOOM * chart.height()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(ZOOM, ZOOM);
    chart.draw(new PngCanvas(graphics));
    graphics.dispose();
    return image;
  }

  /** Whether letters can be drawn: Java finds a font, and what reads it. */
  static boolean hasFonts() {
    try {
      Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
      new PngCanvas(graphics).text(0, 0, "a", Anchor.START, Role.INK, 12);
      graphics.dispose();
      return true;
    } catch (InternalError | LinkageError | RuntimeException e) {
      return false;
    }
  }

  private void color(Role role) {
    graphics.setColor(new Color(Colors.of(role)));
  }

  @Override
  public void line(double x1, double y1, double x2, double y2, Role role, double width) {
    color(role);
    graphics.setStroke(new BasicStroke((float) width));
    graphics.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  @Override
  public void path(double[] x, double[] y, Role role, double width, float[] dash) {
    Path2D path = new Path2D.Double();
    boolean broken = true;
    for (int i = 0; i < x.length; i++) {
      if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
        broken = true;
      } else if (broken) {
        path.moveTo(x[i], y[i]);
        broken = false;
      } else {
        path.lineTo(x[i], y[i]);
      }
    }
    color(role);
    graphics.setStroke(
        dash.length == 0
            ? new BasicStroke((float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
            : new BasicStroke(
                (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
    graphics.draw(path);
  }

  @Override
  public void area(double[] x, double[] y, Role role) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < x.length; i++) {
      if (i == 0) {
        path.moveTo(x[i], y[i]);
      } else {
        path.lineTo(x[i], y[i]);
      }
    }
    path.closePath();
    int color = Colors.of(role);
    graphics.setColor(new Color(color >> 16 & 0xff, color >> 8 & 0xff, color & 0xff, 64));
    graphics.fill(path);
  }

  @Override
  public void bar(double x, double y, double width, double height, Role role, String words) {
    color(role);
    graphics.fill(new Rectangle2D.Double(x, y, width, height));
  }

  @Override
  public void shades(double x, double y, double width, double height, double[][] shares) {
    int columns = shares.length;
    int rows = shares[0].length;
    BufferedImage cells = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < rows; j++) {
        cells.setRGB(i, j, Colors.shade(shares[i][j]));
      }
    }
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(width / columns, height / rows);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    graphics.drawImage(cells, place, null);
  }

  @Override
  public void dot(double x, double y, double radius, Role role, String words) {
    color(role);
    graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Role role, double size) {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) size));
    double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
    double left =
        switch (anchor) {
          case START -> x;
          case MIDDLE -> x - width / 2;
          case END -> x - width;
        };
    color(role);
    graphics.drawString(text, (float) left, (float) y);
  }

  @Override
  public void upwards(double x, double y, String text, Role role, double size) {
    AffineTransform before = graphics.getTransform();
    graphics.rotate(-Math.PI / 2, x, y);
    text(x, y, text, Anchor.MIDDLE, role, size);
    graphics.setTransform(before);
  }
}
