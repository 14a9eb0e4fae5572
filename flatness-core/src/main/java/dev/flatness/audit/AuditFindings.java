package dev.flatness.audit;

import dev.flatness.random.Seed;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an audit found.
 *
 * @param trials how many transformations of each family were to be tried
 * @param spread S: factors are in [1/S, S]
 * @param seed the root of all randomness
 * @param families the families that were tried
 * @param functionResidual the largest change of an output under any transformation, relative to the
 *     largest output
 * @param residualSamples how many samples that was taken over
 * @param numbers every number that was audited
 * @param notes the families that the network does not have, and why the audit ended early
 * @param complete whether all trials were made
 */
public record AuditFindings(
    int trials,
    double spread,
    Seed seed,
    List<TransformationFamily> families,
    double functionResidual,
    int residualSamples,
    List<AuditedNumber> numbers,
    List<String> notes,
    boolean complete) {
  /**
   * Copies the lists.
   *
   * @param trials how many transformations of each family were to be tried
   * @param spread S: factors are in [1/S, S]
   * @param seed the root of all randomness
   * @param families the families that were tried
   * @param functionResidual the largest change of an output under any transformation, relative to
   *     the largest output
   * @param residualSamples how many samples that was taken over
   * @param numbers every number that was audited
   * @param notes the families that the network does not have, and why the audit ended early
   * @param complete whether all trials were made
   */
  public AuditFindings {
    families = List.copyOf(families);
    numbers = List.copyOf(numbers);
    notes = List.copyOf(notes);
  }

  /**
   * Tells whether no claim failed.
   *
   * @return whether there is no verdict {@link Verdict#FAILS}
   */
  public boolean holds() {
    return failed().isEmpty();
  }

  /**
   * Returns the numbers with a claim that failed.
   *
   * @return in the order of the measures
   */
  public List<AuditedNumber> failed() {
    return numbers.stream().filter(number -> number.verdict() == Verdict.FAILS).toList();
  }

  /** Says every number's verdict, a line each. */
  @Override
  public String toString() {
    return numbers.stream().map(AuditedNumber::toString).collect(Collectors.joining("\n"));
  }
}
