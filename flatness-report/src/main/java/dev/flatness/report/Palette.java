package dev.flatness.report;

/** Marks of emphasis for a terminal, or none. */
public enum Palette {
  /** No marks. */
  PLAIN(""),
  /** ANSI escape sequences. */
  ANSI("\u001b[0m");

  private final String end;

  Palette(String end) {
    this.end = end;
  }

  /**
   * Emphasizes a heading.
   *
   * @param text what
   * @return the text in bold
   */
  public String strong(String text) {
    return mark("\u001b[1m", text);
  }

  /**
   * Marks what is well.
   *
   * @param text what
   * @return the text in green
   */
  public String good(String text) {
    return mark("\u001b[32m", text);
  }

  /**
   * Marks what needs attention.
   *
   * @param text what
   * @return the text in yellow
   */
  public String warning(String text) {
    return mark("\u001b[33m", text);
  }

  /**
   * Marks what matters less.
   *
   * @param text what
   * @return the text dimmed
   */
  public String faint(String text) {
    return mark("\u001b[2m", text);
  }

  private String mark(String start, String text) {
    return end.isEmpty() ? text : start + text + end;
  }
}
