package dev.flatness.audit;

import dev.flatness.measure.Estimate;
import java.util.List;

/**
 * What an audit found of one number: a measure of the network, of a layer or of its neurons.
 *
 * @param before its estimate on the network itself
 * @param tolerance how far rounding and the measure's own error may move it, relative; see {@link
 *     Audit}
 * @param verdict whether its claims held
 * @param drifts one for each family that had a number to compare
 */
public record AuditedNumber(
    Estimate before, double tolerance, Verdict verdict, List<Drift> drifts) {
  /**
   * Copies the list.
   *
   * @param before its estimate on the network itself
   * @param tolerance how far rounding and the measure's own error may move it, relative
   * @param verdict whether its claims held
   * @param drifts one for each family that had a number to compare
   */
  public AuditedNumber {
    drifts = List.copyOf(drifts);
  }

  /** Says the number, its verdict and, where a claim failed, how. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(before.id());
    before.layer().ifPresent(layer -> text.append(" of layer ").append(layer));
    text.append(": ").append(verdict.id());
    for (Drift drift : drifts) {
      if (drift.claimed() && drift.moved()) {
        text.append("; ")
            .append(drift.before())
            .append(" became ")
            .append(drift.after())
            .append(" under ")
            .append(drift.transformation())
            .append(", a drift of ")
            .append(drift.largest())
            .append(" where ")
            .append(tolerance)
            .append(" is explained by rounding and the measure's own error");
      }
    }
    return text.toString();
  }
}
