package dev.flatness.report;

import dev.flatness.internal.report.TextTable;
import dev.flatness.internal.report.TextWrap;
import dev.flatness.measure.Interval;
import java.util.Locale;
import java.util.Optional;

/** Lines of a terminal of some width, as sections add to them. */
final class TextPage {
  private static final int INDENT = 6;

  private final int width;
  private final Palette palette;
  private final StringBuilder text = new StringBuilder();

  TextPage(int width, Palette palette) {
    this.width = width;
    this.palette = palette;
  }

  int width() {
    return width;
  }

  Palette palette() {
    return palette;
  }

  /** A name and its value; further lines of a long value are indented. */
  void field(String name, String value) {
    String padded = name + " ".repeat(Math.max(1, INDENT - name.length()));
    String lines = TextWrap.paragraph(padded + value, width, INDENT);
    text.append(palette.strong(name)).append(lines.substring(name.length())).append('\n');
  }

  /** A paragraph; further lines are indented. */
  void paragraph(String line) {
    text.append(TextWrap.paragraph(line, width, 2)).append('\n');
  }

  /** A paragraph that needs attention. */
  void warning(String line) {
    text.append(palette.warning(TextWrap.paragraph(line, width, 2))).append('\n');
  }

  void heading(String line) {
    text.append(palette.strong(TextWrap.paragraph(line, width, 2))).append('\n');
  }

  void line(String line) {
    text.append(line).append('\n');
  }

  void blank() {
    text.append('\n');
  }

  /** A table below an empty line. */
  void table(TextTable table) {
    blank();
    text.append(table.render(palette::strong, width));
  }

  /** A table below an empty line that matters less: every line of it is dimmed. */
  void faintTable(TextTable table) {
    blank();
    for (String line : table.render(heading -> heading, width).split("\n")) {
      text.append(palette.faint(line)).append('\n');
    }
  }

  static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /** A 95 % interval behind its number, nothing where there is none. */
  static String interval(Optional<Interval> interval) {
    return interval
        .map(range -> String.format(Locale.ROOT, " (%.3g to %.3g)", range.low(), range.high()))
        .orElse("");
  }
}
