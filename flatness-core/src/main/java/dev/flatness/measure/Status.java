package dev.flatness.measure;

/** How the work on a number ended, and what to do about it. */
public enum Status {
  /** A closed form or a finite sum: right to rounding. */
  EXACT("exact", "nothing to do", true),
  /** An iteration reached its tolerance. */
  CONVERGED("converged", "nothing to do", true),
  /** An estimator spent its budget or reached its target; the standard error says how well. */
  ESTIMATED("estimated", "spend more probes for a smaller standard error", true),
  /** A bound by construction. */
  LOWER_BOUND("lower-bound", "more starts can only raise it", true),
  /** An iteration stopped before its tolerance. */
  NOT_CONVERGED(
      "not-converged",
      "allow more products, a longer time, a larger tolerance or more heap",
      false),
  /** The value is infinite; a certificate is given. */
  INFINITE("infinite", "see the certificate", true),
  /** The value, or a number on the way to it, leaves the range of doubles. */
  OVERFLOW("overflow", "read the logarithm where it is given, else the reason", true),
  /** A perturbation reaches the edge of the coordinates' chart, where the loss has no bound. */
  OUTSIDE_CHART("outside-chart", "choose an epsilon below the chart's radius", true),
  /** The number is given, but the theorem it belongs to asks for more than holds here. */
  HYPOTHESIS_NOT_MET("hypothesis-not-met", "compare epsilon with epsilonLimit and signLimit", true),
  /** The number is given, but the data do not carry what it means; the reason says why. */
  UNINFORMATIVE("uninformative", "see the reason", true),
  /** The measure is not defined for this network, layer or loss; the reason is given. */
  NOT_APPLICABLE("not-applicable", "see the reason", true);

  private final String id;
  private final String remedy;
  private final boolean acceptable;

  Status(String id, String remedy, boolean acceptable) {
    this.id = id;
    this.remedy = remedy;
    this.acceptable = acceptable;
  }

  /**
   * Returns the name used in reports.
   *
   * @return for instance {@code converged}
   */
  public String id() {
    return id;
  }

  /**
   * Returns what to do about it.
   *
   * @return a clause
   */
  public String remedy() {
    return remedy;
  }

  /**
   * Tells whether the number met its tolerance; where not, the command line exits with 3.
   *
   * @return false for {@link #NOT_CONVERGED}
   */
  public boolean acceptable() {
    return acceptable;
  }
}
