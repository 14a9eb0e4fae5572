package dev.flatness.cli;

/**
 * What the command writes to, as the launcher found it.
 *
 * @param output whether standard output is a terminal
 * @param error whether standard error is a terminal
 * @param columns the width of the terminal, or of a page where there is none
 * @param colors whether the user's environment allows colors
 */
record Terminal(boolean output, boolean error, int columns, boolean colors) {
  private static final int PAGE = 120;

  /** No terminal: what tests and pipes have. */
  static final Terminal NONE = new Terminal(false, false, PAGE, false);

  static Terminal ofThisProcess() {
    // https://no-color.org: set and not empty means no colors.
    String noColor = System.getenv("NO_COLOR");
    return new Terminal(
        Boolean.getBoolean("flatness.terminal.output"),
        Boolean.getBoolean("flatness.terminal.error"),
        Math.max(40, Integer.getInteger("flatness.terminal.columns", PAGE)),
        noColor == null || noColor.isEmpty());
  }
}
