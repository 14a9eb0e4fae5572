package dev.flatness.cli;

/** How the user called the command, so that what is proposed can be typed as it stands. */
final class Invocation {
  private Invocation() {}

  /** A command line for a shell: the name as it was typed, words quoted where they need it. */
  static String of(Object... words) {
    StringBuilder line =
        new StringBuilder(quoted(System.getProperty("flatness.command", "flatness")));
    for (Object word : words) {
      line.append(' ').append(quoted(word.toString()));
    }
    return line.toString();
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
