package dev.flatness.internal.report.page;

import dev.flatness.internal.report.Markup;
import dev.flatness.internal.report.chart.Chart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a page in HTML; whatever is added is escaped. */
final class Page {
  private final StringBuilder html = new StringBuilder();
  private final StringBuilder contents = new StringBuilder();
  private final Map<String, Chart> charts;
  private final String prefix;

  /**
   * Begins a page.
   *
   * @param charts those of the report, by name
   * @param prefix what the names of elements begin with, one for each report of a page
   */
  Page(Map<String, Chart> charts, String prefix) {
    this.charts = charts;
    this.prefix = prefix;
  }

  static String escaped(String text) {
    return Markup.escaped(text);
  }

  Map<String, Chart> charts() {
    return charts;
  }

  String id(String name) {
    return prefix + Names.file(name);
  }

  void section(String title) {
    contents.append("<li><a href=\"#").append(id(title)).append("\">").append(escaped(title));
    contents.append("</a></li>\n");
    html.append("<h2 id=\"").append(id(title)).append("\">").append(escaped(title));
    html.append("</h2>\n");
  }

  void heading(String title) {
    html.append("<h3>").append(escaped(title)).append("</h3>\n");
  }

  void paragraph(String text) {
    paragraph("", text);
  }

  void paragraph(String style, String text) {
    html.append(style.isEmpty() ? "<p>" : "<p class=\"" + style + "\">");
    html.append(escaped(text)).append("</p>\n");
  }

  void code(String text) {
    html.append("<pre tabindex=\"0\"><code>").append(escaped(text)).append("</code></pre>\n");
  }

  void cards(Map<String, String> cards) {
    html.append("<dl class=\"cards\">\n");
    cards.forEach(
        (name, value) ->
            html.append("<div><dt>")
                .append(escaped(name))
                .append("</dt><dd>")
                .append(escaped(value))
                .append("</dd></div>\n"));
    html.append("</dl>\n");
  }

  void table(PageTable table) {
    html.append(table.html());
  }

  /** Adds the charts whose names begin so, side by side. */
  void charts(String... beginnings) {
    charts(List.of(beginnings), "");
  }

  /** Adds figures that are made, and beside them the charts whose names begin so. */
  void figures(String figures, String beginning) {
    charts(List.of(beginning), figures);
  }

  private void charts(List<String> beginnings, String figures) {
    Map<String, Chart> wanted = new LinkedHashMap<>(charts);
    wanted.keySet().removeIf(name -> beginnings.stream().noneMatch(name::startsWith));
    if (wanted.isEmpty() && figures.isEmpty()) {
      return;
    }
    html.append("<div class=\"charts\">\n").append(figures);
    wanted.forEach(
        (name, chart) -> {
          html.append("<figure id=\"").append(id("figure-" + name)).append("\">\n");
          html.append(chart.element(id("chart-" + name)));
          html.append("<figcaption>").append(escaped(chart.words())).append("</figcaption>\n");
          html.append("</figure>\n");
        });
    html.append("</div>\n");
  }

  String contents() {
    return contents.toString();
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
