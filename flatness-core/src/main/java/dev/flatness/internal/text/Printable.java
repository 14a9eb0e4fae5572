package dev.flatness.internal.text;

/**
 * Text from files, fit for terminals, tables and messages.
 *
 * <p>What does not stand for a character on the screen is shown escaped, as in Java sources:
 * control characters with line feeds and the escape character, format characters such as those that
 * reverse the direction of writing, line and paragraph separators, halves of surrogate pairs.
 */
public final class Printable {
  private static final int LONGEST = 120;

  private Printable() {}

  /**
   * Escapes what cannot be shown.
   *
   * @param text any text
   * @return the text itself where all of it can be shown, else with escapes such as {@code \}{@code
   *     u001b}
   */
  public static String of(String text) {
    int at = 0;
    while (at < text.length() && shows(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    if (at == text.length()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.substring(0, at));
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (shows(point)) {
        shown.appendCodePoint(point);
      } else {
        for (char unit : Character.toChars(point)) {
          shown.append(String.format("\\u%04x", (int) unit));
        }
      }
      at += Character.charCount(point);
    }
    return shown.toString();
  }

  /**
   * Escapes what cannot be shown and cuts what is long.
   *
   * @param text any text
   * @return at most 120 characters before escaping, an ellipsis where more were cut
   */
  public static String cut(String text) {
    return text.length() <= LONGEST ? of(text) : of(text.substring(0, LONGEST)) + "…";
  }

  private static boolean shows(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
