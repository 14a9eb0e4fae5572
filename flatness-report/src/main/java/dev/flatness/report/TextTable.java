package dev.flatness.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of text with aligned columns; widths count what a terminal shows, so that combining marks
 * and wide characters stay in line.
 */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<String> header;
  private final List<Boolean> alignRight;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Makes an empty table.
   *
   * @param header the names of the columns
   * @param alignRight for each column whether it is aligned right
   */
  public TextTable(List<String> header, List<Boolean> alignRight) {
    this.header = List.copyOf(header);
    this.alignRight = List.copyOf(alignRight);
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column
   * @return this table
   * @throws IllegalArgumentException where the number of cells is not that of the columns
   */
  public TextTable row(List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "row of " + cells.size() + " cells in a table of " + header.size() + " columns");
    }
    rows.add(List.copyOf(cells));
    return this;
  }

  int width() {
    int width = 0;
    for (int column = 0; column < header.size(); column++) {
      width += width(column) + (column == 0 ? 0 : GAP.length());
    }
    return width;
  }

  /**
   * Renders the table.
   *
   * @param palette how to emphasise the header
   * @return lines, each ended by a line feed
   */
  public String render(Palette palette) {
    StringBuilder text = new StringBuilder();
    text.append(palette.strong(line(header))).append('\n');
    for (List<String> row : rows) {
      text.append(line(row)).append('\n');
    }
    return text.toString();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(width(column) - DisplayWidth.of(cell));
      line.append(column == 0 ? "" : GAP);
      line.append(alignRight.get(column) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    int width = DisplayWidth.of(header.get(column));
    for (List<String> row : rows) {
      width = Math.max(width, DisplayWidth.of(row.get(column)));
    }
    return width;
  }
}
