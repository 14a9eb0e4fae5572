package dev.flatness.internal.report.chart;

import dev.flatness.internal.report.Markup;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Writes SVG; the same bytes on every machine. */
final class SvgCanvas implements Canvas {
  private final StringBuilder svg = new StringBuilder();

  /**
   * Returns a document or an element of a page.
   *
   * @param chart the chart
   * @param standalone whether it is a file of its own with its colors; in a page the colors are
   *     those of the page's style
   * @param dark whether a file of its own is for dark pages
   * @param id a name that the page has once, for title and description
   */
  static String of(Chart chart, boolean standalone, boolean dark, String id) {
    SvgCanvas canvas = new SvgCanvas();
    StringBuilder svg = canvas.svg;
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        .append(number(chart.width()))
        .append(' ')
        .append(number(chart.height()))
        .append("\" role=\"img\" aria-labelledby=\"")
        .append(id)
        .append("-title ")
        .append(id)
        .append("-words\" class=\"chart\"");
    if (standalone) {
      svg.append(" width=\"")
          .append(number(chart.width()))
          .append("\" height=\"")
          .append(number(chart.height()))
          .append("\" font-family=\"DejaVu Sans, Verdana, Helvetica, Arial, sans-serif\"");
    }
    svg.append(">\n");
    canvas.element("title", id + "-title", chart.title());
    canvas.element("desc", id + "-words", chart.words());
    if (standalone) {
      svg.append("<rect width=\"100%\" height=\"100%\" fill=\"");
      svg.append(dark ? "#14181c" : "#ffffff").append("\"/>\n<style>");
      for (Role role : Role.values()) {
        String color = Colors.hex(dark ? Colors.onBlack(role) : Colors.of(role));
        svg.append(".s-").append(name(role)).append("{stroke:").append(color).append("}");
        svg.append(".f-").append(name(role)).append("{fill:").append(color).append("}");
      }
      svg.append("</style>\n");
    }
    chart.draw(canvas);
    return svg.append("</svg>\n").toString();
  }

  private void element(String name, String id, String text) {
    svg.append('<').append(name).append(" id=\"").append(id).append("\">").append(escaped(text));
    svg.append("</").append(name).append(">\n");
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  static String escaped(String text) {
    return Markup.escaped(text);
  }

  /** Two digits after the point are a hundredth of a pixel. */
  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private SvgCanvas attribute(String name, double value) {
    svg.append(' ').append(name).append("=\"").append(number(value)).append('"');
    return this;
  }

  private void close(String element, String words) {
    if (words.isEmpty()) {
      svg.append("/>\n");
    } else {
      svg.append("><title>").append(escaped(words)).append("</title></").append(element);
      svg.append(">\n");
    }
  }

  private void stroke(Role role, double width) {
    svg.append(" class=\"s-").append(name(role)).append('"');
    attribute("stroke-width", width);
  }

  @Override
  public void line(double x1, double y1, double x2, double y2, Role role, double width) {
    svg.append("<line");
    attribute("x1", x1).attribute("y1", y1).attribute("x2", x2).attribute("y2", y2);
    stroke(role, width);
    close("line", "");
  }

  @Override
  public void path(double[] x, double[] y, Role role, double width, float[] dash) {
    svg.append("<path fill=\"none\" stroke-linejoin=\"round\" d=\"");
    boolean broken = true;
    for (int i = 0; i < x.length; i++) {
      if (Double.isNaN(x[i]) || Double.isNaN(y[i])) {
        broken = true;
        continue;
      }
      svg.append(broken ? 'M' : 'L').append(number(x[i])).append(' ').append(number(y[i]));
      broken = false;
    }
    svg.append('"');
    if (dash.length > 0) {
      svg.append(" stroke-dasharray=\"");
      for (int i = 0; i < dash.length; i++) {
        svg.append(i == 0 ? "" : " ").append(number(dash[i]));
      }
      svg.append('"');
    }
    stroke(role, width);
    close("path", "");
  }

  @Override
  public void area(double[] x, double[] y, Role role) {
    svg.append("<polygon fill-opacity=\"0.25\" points=\"");
    for (int i = 0; i < x.length; i++) {
      svg.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
    }
    svg.append("\" class=\"f-").append(name(role)).append('"');
    close("polygon", "");
  }

  @Override
  public void bar(double x, double y, double width, double height, Role role, String words) {
    svg.append("<rect");
    attribute("x", x).attribute("y", y).attribute("width", width).attribute("height", height);
    svg.append(" class=\"f-").append(name(role)).append('"');
    close("rect", words);
  }

  @Override
  public void shades(double x, double y, double width, double height, double[][] shares) {
    svg.append("<image preserveAspectRatio=\"none\" image-rendering=\"pixelated\"");
    attribute("x", x).attribute("y", y).attribute("width", width).attribute("height", height);
    svg.append(" href=\"").append(Pixels.address(shares)).append('"');
    close("image", "");
  }

  @Override
  public void dot(double x, double y, double radius, Role role, String words) {
    svg.append("<circle");
    attribute("cx", x).attribute("cy", y).attribute("r", radius);
    svg.append(" class=\"f-").append(name(role)).append('"');
    close("circle", words);
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Role role, double size) {
    svg.append("<text");
    attribute("x", x).attribute("y", y).attribute("font-size", size);
    svg.append(" text-anchor=\"").append(anchor.name().toLowerCase(Locale.ROOT));
    svg.append("\" class=\"f-").append(name(role)).append("\">").append(escaped(text));
    svg.append("</text>\n");
  }

  @Override
  public void upwards(double x, double y, String text, Role role, double size) {
    svg.append("<text transform=\"rotate(-90 ").append(number(x)).append(' ').append(number(y));
    svg.append(")\"");
    attribute("x", x).attribute("y", y).attribute("font-size", size);
    svg.append(" text-anchor=\"middle\" class=\"f-").append(name(role)).append("\">");
    svg.append(escaped(text)).append("</text>\n");
  }
}
