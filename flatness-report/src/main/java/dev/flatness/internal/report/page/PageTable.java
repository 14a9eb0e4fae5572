package dev.flatness.internal.report.page;

import dev.flatness.internal.report.Digits;
import dev.flatness.internal.report.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table whose columns can be sorted. */
final class PageTable {
  /** Longer texts may be broken. */
  private static final int SHORT = 24;

  private final String caption;
  private final List<String> header;
  private final List<Boolean> numeric;
  private final List<List<Cell>> rows = new ArrayList<>();

  /** A cell: what is shown, and what it is sorted by. */
  record Cell(String shown, String key, String style) {
    static Cell text(String text) {
      return new Cell(text, text, "");
    }

    /** Prose, which may be broken into lines; a short word stays as it is. */
    static Cell words(String text) {
      return text.length() > SHORT ? text(text).with("words") : text(text);
    }

    static Cell number(double value) {
      return Double.isFinite(value)
          ? new Cell(Digits.six(value), Double.toString(value), "number")
          : none("–");
    }

    /** A number that missed its tolerance. */
    Cell marked() {
      return new Cell(shown + " !", key, style);
    }

    /** A number of the user's, as it was given. */
    static Cell given(Json value) {
      return value.isNumber()
          ? new Cell(value.toString(), Double.toString(value.number()), "number")
          : none("–");
    }

    static Cell percent(double share) {
      return Double.isFinite(share)
          ? new Cell(String.format(Locale.ROOT, "%.2f %%", 100 * share), "" + share, "number")
          : none("–");
    }

    static Cell count(double value) {
      return Double.isFinite(value)
          ? new Cell(String.format(Locale.ROOT, "%,.0f", value), "" + value, "number")
          : none("–");
    }

    static Cell none(String shown) {
      return new Cell(shown, "", "number missing");
    }

    static Cell of(Json value) {
      return value.isNumber() ? number(value.number()) : text(value.toString());
    }

    Cell with(String further) {
      return new Cell(shown, key, style + " " + further);
    }
  }

  /**
   * Begins a table.
   *
   * @param caption what it holds
   * @param header its columns; a name that begins with # is one of numbers
   */
  PageTable(String caption, List<String> header) {
    this.caption = caption;
    this.header = header.stream().map(name -> name.replaceFirst("^#", "")).toList();
    this.numeric = header.stream().map(name -> name.startsWith("#")).toList();
  }

  PageTable row(List<Cell> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "a row has " + cells.size() + " cells, expected " + header.size());
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Names of files are long, and have no spaces. */
  private static String breakable(String name) {
    return Page.escaped(name).replaceAll("([_/.-])(?=[^_/.-])", "$1<wbr>");
  }

  String html() {
    StringBuilder html = new StringBuilder();
    html.append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    html.append(Page.escaped(caption)).append("\">\n<table>\n<caption>");
    html.append(Page.escaped(caption)).append("</caption>\n<thead><tr>");
    for (int i = 0; i < header.size(); i++) {
      html.append("<th scope=\"col\" aria-sort=\"none\"");
      html.append(numeric.get(i) ? " class=\"number\"" : "").append("><button type=\"button\">");
      html.append(breakable(header.get(i))).append("</button></th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<Cell> row : rows) {
      html.append("<tr>");
      for (Cell cell : row) {
        html.append("<td");
        if (!cell.style().isBlank()) {
          html.append(" class=\"").append(cell.style().trim()).append('"');
        }
        if (!cell.key().equals(cell.shown())) {
          html.append(" data-value=\"").append(Page.escaped(cell.key())).append('"');
        }
        html.append('>').append(Page.escaped(cell.shown())).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody>\n</table>\n</div>\n").toString();
  }
}
