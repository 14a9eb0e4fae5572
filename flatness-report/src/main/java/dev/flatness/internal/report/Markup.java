package dev.flatness.internal.report;

/** Text of any origin, fit for XML, HTML and terminals. */
public final class Markup {
  private static final int REPLACEMENT = 0xfffd;

  private Markup() {}

  /**
   * Replaces what no document may hold or a terminal would obey: control characters other than tab
   * and line feed, halves of surrogate pairs, and what Unicode keeps from being characters.
   *
   * @param text any text
   * @return the text with U+FFFD in their place
   */
  public static String cleaned(String text) {
    if (text.codePoints().noneMatch(Markup::isBad)) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    text.codePoints().forEach(point -> clean.appendCodePoint(isBad(point) ? REPLACEMENT : point));
    return clean.toString();
  }

  private static boolean isBad(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point != '\t' && point != '\n';
      case Character.SURROGATE -> true;
      default -> (point & 0xfffe) == 0xfffe;
    };
  }

  /**
   * Escapes text between tags or in quotation marks.
   *
   * @param text any text
   * @return what XML and HTML read as the cleaned text
   */
  public static String escaped(String text) {
    return cleaned(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
