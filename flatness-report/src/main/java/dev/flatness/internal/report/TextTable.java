package dev.flatness.internal.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A table of text with aligned columns; widths count what a terminal shows, so that combining marks
 * and wide characters stay in line.
 */
public final class TextTable {
  private static final String GAP = "  ";

  /** A column of text is not made narrower than this, nor a name shortened further. */
  private static final int NARROW = 12;

  private static final int NAME = 20;

  /** What marks the further lines of a broken cell. */
  private static final int INDENT = 2;

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

  /**
   * Measures the table with all text in one line, and headers above numbers broken.
   *
   * @return the columns it takes
   */
  public int width() {
    int[] widths = naturalWidths();
    for (int column = 0; column < widths.length; column++) {
      widths[column] = alignRight.get(column) ? leastWidth(column) : widths[column];
    }
    return total(widths);
  }

  /**
   * Renders the table as wide as it comes.
   *
   * @param heading marks a line of the header
   * @return lines, each ended by a line feed
   */
  public String render(UnaryOperator<String> heading) {
    return render(heading, naturalWidths());
  }

  /**
   * Renders the table for a terminal. Where it is too wide, headers and text are broken into
   * several lines, and columns that still do not fit go into further tables, each with the first
   * column.
   *
   * @param heading marks a line of the header
   * @param columns the width of the terminal
   * @return lines, each ended by a line feed; an empty line between tables
   */
  public String render(UnaryOperator<String> heading, int columns) {
    if (total(naturalWidths()) <= columns) {
      return render(heading);
    }
    int[] least = IntStream.range(0, header.size()).map(this::leastWidth).toArray();
    int fitting = header.size();
    while (fitting > 2 && total(least, fitting) > columns) {
      fitting--;
    }
    String first = part(1, fitting).fitted(heading, columns);
    return fitting == header.size()
        ? first
        : first + '\n' + part(fitting, header.size()).render(heading, columns);
  }

  /** The table of the first column and a range of the others. */
  private TextTable part(int from, int to) {
    TextTable part = new TextTable(part(header, from, to), part(alignRight, from, to));
    rows.forEach(row -> part.row(part(row, from, to)));
    return part;
  }

  private static <T> List<T> part(List<T> row, int from, int to) {
    List<T> part = new ArrayList<>(row.subList(0, 1));
    part.addAll(row.subList(from, to));
    return part;
  }

  /** Breaks headers above numbers first, and text only where that is not enough. */
  private String fitted(UnaryOperator<String> heading, int columns) {
    int[] widths = naturalWidths();
    narrow(widths, columns, true);
    narrow(widths, columns, false);
    return render(heading, widths);
  }

  /** Makes columns narrower, each time the one that costs the fewest lines for what it saves. */
  private void narrow(int[] widths, int columns, boolean numbers) {
    while (total(widths) > columns) {
      int lines = lines(widths);
      int best = -1;
      int bestWidth = 0;
      double bestCost = Double.POSITIVE_INFINITY;
      for (int column = 0; column < widths.length; column++) {
        if (alignRight.get(column) == numbers && widths[column] > leastWidth(column)) {
          int[] tried = widths.clone();
          tried[column] = brokenWidth(column, widths[column] - 1);
          double cost = (lines(tried) - lines) / (double) (widths[column] - tried[column]);
          if (cost < bestCost || (cost == bestCost && widths[column] > widths[best])) {
            best = column;
            bestWidth = tried[column];
            bestCost = cost;
          }
        }
      }
      if (best < 0) {
        return;
      }
      widths[best] = bestWidth;
    }
  }

  private int[] naturalWidths() {
    return IntStream.range(0, header.size())
        .map(column -> Math.max(DisplayWidth.of(header.get(column)), cellWidth(column)))
        .toArray();
  }

  private int cellWidth(int column) {
    return rows.stream().mapToInt(row -> DisplayWidth.of(row.get(column))).max().orElse(0);
  }

  /** Numbers are never broken; headers and text are, but not into crumbs. */
  private int leastWidth(int column) {
    int ofHeader = Math.min(NAME, TextWrap.longestPiece(header.get(column)));
    if (alignRight.get(column)) {
      return Math.max(ofHeader, cellWidth(column));
    }
    int longest = Math.max(NARROW, ofHeader);
    for (List<String> row : rows) {
      longest = Math.max(longest, Math.min(NAME, INDENT + TextWrap.longestPiece(row.get(column))));
    }
    return Math.min(longest, Math.max(DisplayWidth.of(header.get(column)), cellWidth(column)));
  }

  /** What a column takes of a width, once its cells are broken to it. */
  private int brokenWidth(int column, int width) {
    int broken = widest(TextWrap.cell(header.get(column), width, 0));
    for (List<String> row : rows) {
      broken = Math.max(broken, widest(TextWrap.cell(row.get(column), width, INDENT)));
    }
    return broken;
  }

  private static int widest(List<String> lines) {
    return lines.stream().mapToInt(DisplayWidth::of).max().orElse(0);
  }

  private static int total(int[] widths) {
    return total(widths, widths.length);
  }

  private static int total(int[] widths, int count) {
    return IntStream.range(0, count).map(column -> widths[column]).sum()
        + GAP.length() * (count - 1);
  }

  private int lines(int[] widths) {
    return height(header, widths, 0)
        + rows.stream().mapToInt(row -> height(row, widths, INDENT)).sum();
  }

  private static int height(List<String> cells, int[] widths, int indent) {
    int height = 1;
    for (int column = 0; column < widths.length; column++) {
      height = Math.max(height, TextWrap.cell(cells.get(column), widths[column], indent).size());
    }
    return height;
  }

  private String render(UnaryOperator<String> heading, int[] widths) {
    StringBuilder text = new StringBuilder();
    for (String line : broken(header, widths, true)) {
      text.append(heading.apply(line)).append('\n');
    }
    for (List<String> row : rows) {
      for (String line : broken(row, widths, false)) {
        text.append(line).append('\n');
      }
    }
    return text.toString();
  }

  /** The lines of a row; cells of fewer lines stand at its top, in the header at its bottom. */
  private List<String> broken(List<String> cells, int[] widths, boolean atBottom) {
    int indent = atBottom ? 0 : INDENT;
    int height = height(cells, widths, indent);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < height; i++) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        List<String> cell = TextWrap.cell(cells.get(column), widths[column], indent);
        int at = atBottom ? i - height + cell.size() : i;
        String shown = at >= 0 && at < cell.size() ? cell.get(at) : "";
        String padding = " ".repeat(Math.max(0, widths[column] - DisplayWidth.of(shown)));
        line.append(column == 0 ? "" : GAP);
        line.append(alignRight.get(column) ? padding + shown : shown + padding);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
