package dev.flatness.testkit;

import dev.flatness.audit.Audit;
import dev.flatness.audit.AuditFindings;
import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Subject;
import java.util.List;
import java.util.stream.Collectors;

/** An audit as an assertion, for tests of measures and of networks. */
public final class AuditAssertions {
  private static final int TRIALS = 4;

  private AuditAssertions() {}

  /**
   * Asserts that every claim of some measures holds on a network, in 4 trials of every family of
   * transformations that the network has.
   *
   * @param subject the network, data, loss, settings and seed
   * @param measures the measures
   * @return what the audit found
   * @throws AssertionError if a claim failed, with number, transformation and drift, or if none was
   *     tried
   */
  public static AuditFindings assertClaimsHold(Subject subject, Measure... measures) {
    return assertClaimsHold(Audit.withDefaults().withTrials(TRIALS), subject, measures);
  }

  /**
   * Asserts that every claim of some measures holds on a network.
   *
   * @param audit the trials, their families and their spread
   * @param subject the network, data, loss, settings and seed
   * @param measures the measures
   * @return what the audit found
   * @throws AssertionError if a claim failed, with number, transformation and drift, or if none was
   *     tried
   */
  public static AuditFindings assertClaimsHold(Audit audit, Subject subject, Measure... measures) {
    AuditFindings findings = audit.run(subject, List.of(measures));
    if (!findings.holds()) {
      throw new AssertionError(
          findings.failed().stream()
              .map(AuditedNumber::toString)
              .collect(Collectors.joining("\n", "a claim of invariance failed:\n", "")));
    }
    boolean tried =
        findings.numbers().stream()
            .flatMap(number -> number.drifts().stream())
            .anyMatch(Drift::claimed);
    if (!tried || !findings.complete()) {
      throw new AssertionError(
          (tried ? "the audit ended early: " : "no claim of invariance was tried: ")
              + findings.notes());
    }
    return findings;
  }
}
