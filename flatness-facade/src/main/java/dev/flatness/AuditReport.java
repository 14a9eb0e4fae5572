package dev.flatness;

import dev.flatness.audit.AuditFindings;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an audit of a network on data found.
 *
 * @param surface the network, data and loss
 * @param evaluation the loss at the audited point
 * @param findings every audited number with its verdict
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record AuditReport(
    NetworkSurface surface,
    Evaluation evaluation,
    AuditFindings findings,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the settings.
   *
   * @param surface the network, data and loss
   * @param evaluation the loss at the audited point
   * @param findings every audited number with its verdict
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public AuditReport {
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * Tells whether no claim failed.
   *
   * @return whether every claim of every measure held
   */
  public boolean holds() {
    return findings.holds();
  }

  /**
   * Tells whether all trials were made and every number met its tolerance.
   *
   * @return false where the audit ended early or the status of a number is not acceptable
   */
  public boolean acceptable() {
    return findings.complete()
        && findings.numbers().stream().allMatch(one -> one.before().status().acceptable());
  }

  /** Says every number's verdict, a line each. */
  @Override
  public String toString() {
    return findings.toString();
  }
}
