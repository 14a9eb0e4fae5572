package dev.flatness.dl4j;

import org.jspecify.annotations.Nullable;

/** Makes names that come from files printable. */
final class Text {
  private static final int LONGEST = 200;

  private Text() {}

  static String quoted(String text) {
    return "\"" + printable(text) + "\"";
  }

  /** Control characters and what would turn a line around as question marks, cut to a length. */
  static String printable(@Nullable String text) {
    if (text == null) {
      return "no message";
    }
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    StringBuilder result = new StringBuilder();
    cut.codePoints()
        .forEach(
            point -> {
              int type = Character.getType(point);
              boolean plain =
                  type != Character.CONTROL
                      && type != Character.FORMAT
                      && type != Character.SURROGATE
                      && type != Character.LINE_SEPARATOR
                      && type != Character.PARAGRAPH_SEPARATOR;
              result.appendCodePoint(plain ? point : '?');
            });
    return result.toString();
  }
}
