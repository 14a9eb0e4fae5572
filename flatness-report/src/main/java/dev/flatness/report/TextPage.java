package dev.flatness.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
    String padded = name + " ".repeat(Math.max(0, INDENT - name.length()));
    List<String> lines = wrapped(value, width - INDENT);
    text.append(palette.strong(padded)).append(lines.get(0)).append('\n');
    for (String line : lines.subList(1, lines.size())) {
      text.append(" ".repeat(INDENT)).append(line).append('\n');
    }
  }

  /** A paragraph; further lines are indented. */
  void paragraph(String line) {
    paragraph(line, false);
  }

  /** A paragraph that needs attention. */
  void warning(String line) {
    paragraph(line, true);
  }

  private void paragraph(String line, boolean warning) {
    List<String> lines = wrapped(line, width - 2);
    for (int i = 0; i < lines.size(); i++) {
      String shown = (i == 0 ? "" : "  ") + lines.get(i);
      text.append(warning ? palette.warning(shown) : shown).append('\n');
    }
  }

  void heading(String line) {
    text.append(palette.strong(line)).append('\n');
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
    text.append(table.render(palette));
  }

  static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }

  /** Breaks a line at spaces; a word that is too long has a line of its own. */
  private static List<String> wrapped(String line, int room) {
    List<String> lines = new ArrayList<>();
    StringBuilder now = new StringBuilder();
    for (String word : line.split(" ", -1)) {
      if (now.length() > 0 && DisplayWidth.of(now + " " + word) > room) {
        lines.add(now.toString());
        now.setLength(0);
      }
      now.append(now.length() == 0 ? "" : " ").append(word);
    }
    lines.add(now.toString());
    return lines;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
