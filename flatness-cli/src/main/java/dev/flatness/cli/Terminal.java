package dev.flatness.cli;

/**
 * What the command writes to, as the launcher found it.
 *
 * @param output whether standard output is a terminal
 * @param error whether standard error is a terminal
 * @param columns the width of tables: that of the terminal, or of a page where there is none
 * @param errorColumns the width of messages and progress
 * @param colors whether the user's environment allows colors
 */
record Terminal(boolean output, boolean error, int columns, int errorColumns, boolean colors) {
  private static final int PAGE = 120;
  private static final int NARROWEST = 40;

  /** No terminal: what tests and pipes have. */
  static final Terminal NONE = new Terminal(false, false, PAGE, false);

  /** Both streams go to a terminal of one width. */
  Terminal(boolean output, boolean error, int columns, boolean colors) {
    this(output, error, columns, columns, colors);
  }

  static Terminal ofThisProcess() {
    // https://no-color.org: set and not empty means no colors.
    String noColor = System.getenv("NO_COLOR");
    return new Terminal(
        Boolean.getBoolean("flatness.terminal.output"),
        Boolean.getBoolean("flatness.terminal.error"),
        columns("flatness.terminal.columns"),
        columns("flatness.terminal.error.columns"),
        noColor == null || noColor.isEmpty());
  }

  private static int columns(String property) {
    return Math.max(NARROWEST, Integer.getInteger(property, PAGE));
  }
}
