package dev.flatness.internal.report;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines that a terminal shows without breaking them itself. */
public final class TextWrap {
  /** Behind these a name may be broken, for instance a path of layers. */
  private static final String SEPARATORS = "-/._,:";

  private TextWrap() {}

  /**
   * Breaks a sentence at blanks; the lines after the first are indented. A word that is longer than
   * a line stays whole, so that a path can be copied.
   *
   * @param text one line
   * @param columns the width of the terminal
   * @param indent blanks before every line but the first
   * @return the lines, separated by line feeds, the last without one
   */
  public static String paragraph(String text, int columns, int indent) {
    StringBuilder lines = new StringBuilder();
    int used = 0;
    boolean empty = true;
    for (String word : words(text)) {
      int width = DisplayWidth.of(word.stripTrailing());
      // Where the line has only what a new one would have, too, a new one helps nothing.
      if (!empty && used > indent && used + width > columns) {
        lines.setLength(lines.toString().stripTrailing().length());
        lines.append('\n').append(" ".repeat(indent));
        used = indent;
      }
      lines.append(word);
      used += DisplayWidth.of(word);
      empty = false;
    }
    return lines.toString().stripTrailing();
  }

  /**
   * Breaks a cell at blanks and separators; what is still too long is shortened in its middle. The
   * lines after the first are indented.
   */
  static List<String> cell(String text, int columns, int indent) {
    if (DisplayWidth.of(text) <= columns) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String piece : pieces(text)) {
      String longer = line + piece;
      if (DisplayWidth.of(longer.stripTrailing()) > columns && !line.isBlank()) {
        lines.add(line.stripTrailing());
        longer = " ".repeat(indent) + piece;
      }
      line = DisplayWidth.middle(longer, columns);
    }
    lines.add(line.stripTrailing());
    return lines;
  }

  /** The least width at which no piece of a cell is shortened. */
  static int longestPiece(String text) {
    return pieces(text).stream()
        .mapToInt(piece -> DisplayWidth.of(piece.stripTrailing()))
        .max()
        .orElse(0);
  }

  private static List<String> words(String text) {
    return split(text, " ");
  }

  private static List<String> pieces(String text) {
    return split(text, " " + SEPARATORS);
  }

  /** Splits after the ends: an end stays with what it ends, and several in a row stay together. */
  private static List<String> split(String text, String ends) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 1; i < text.length(); i++) {
      boolean end = ends.indexOf(text.charAt(i - 1)) >= 0 && ends.indexOf(text.charAt(i)) < 0;
      if (end
          && !text.substring(start, i).isBlank()
          && !isSign(text, i - 1)
          && !isInNumber(text, i)) {
        parts.add(text.substring(start, i));
        start = i;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** Whether a number would be broken: at its point, or at the sign of its exponent. */
  private static boolean isInNumber(String text, int next) {
    if (next < 2 || !isDigit(text, next)) {
      return false;
    }
    char end = text.charAt(next - 1);
    boolean exponent = end == '-' && text.charAt(next - 2) == 'e' && isDigit(text, next - 3);
    return exponent || (end == '.' || end == ',') && isDigit(text, next - 2);
  }

  private static boolean isDigit(String text, int at) {
    return at >= 0 && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** Whether a separator starts a word, as the sign of a number or the root of a path does. */
  private static boolean isSign(String text, int at) {
    return text.charAt(at) != ' ' && (at == 0 || text.charAt(at - 1) == ' ');
  }
}
