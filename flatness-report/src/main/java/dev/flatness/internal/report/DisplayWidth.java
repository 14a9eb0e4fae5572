package dev.flatness.internal.report;

/** How many terminal cells a text takes: marks none, East Asian wide characters and emoji two. */
public final class DisplayWidth {
  /** First and last of the ranges of wide characters (Unicode, East Asian Width W and F). */
  private static final int[][] WIDE = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
    {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}
  };

  private DisplayWidth() {}

  public static int of(String text) {
    return text.codePoints().map(DisplayWidth::of).sum();
  }

  /** Takes characters out of the middle of a text until it fits; an ellipsis stands for them. */
  public static String middle(String text, int columns) {
    if (of(text.stripTrailing()) <= columns) {
      return text;
    }
    int[] characters = text.stripTrailing().codePoints().toArray();
    int left = 0;
    int right = characters.length;
    int used = 1;
    while (left < right) {
      boolean front = left <= characters.length - right;
      int next = of(front ? characters[left] : characters[right - 1]);
      if (used + next > columns) {
        break;
      }
      used += next;
      left += front ? 1 : 0;
      right -= front ? 0 : 1;
    }
    return new String(characters, 0, left)
        + "…"
        + new String(characters, right, characters.length - right);
  }

  private static int of(int character) {
    int type = Character.getType(character);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT
        || type == Character.CONTROL) {
      return 0;
    }
    for (int[] range : WIDE) {
      if (character >= range[0] && character <= range[1]) {
        return 2;
      }
    }
    return 1;
  }
}
