package dev.flatness.audit;

/** What an audit says of one number. */
public enum Verdict {
  /** Every claim held. */
  HOLDS("holds"),
  /** Every claim held for a number that a search finds. */
  HOLDS_WITHIN_SEARCH("holds-within-search"),
  /** A claim did not hold. */
  FAILS("fails"),
  /** Nothing that was tried is claimed, and the number moved. */
  VARIES("varies"),
  /** Nothing that was tried is claimed, and the number stayed. */
  UNMOVED("unmoved"),
  /** There was no number to compare. */
  UNAVAILABLE("unavailable");

  private final String id;

  Verdict(String id) {
    this.id = id;
  }

  /**
   * Returns the name used in reports.
   *
   * @return for instance {@code holds}
   */
  public String id() {
    return id;
  }
}
