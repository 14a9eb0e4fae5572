package dev.flatness.spectral;

import dev.flatness.measure.Status;
import java.util.List;

/**
 * Some eigenpairs from the ends of a spectrum, with the proof of each and of their completeness.
 *
 * @param largest the largest eigenvalues asked for, in descending order
 * @param smallest the smallest eigenvalues asked for, in ascending order
 * @param products how many products were used
 * @param restarts how often the basis was cut down
 * @param checked whether a run from fresh random vectors in the complement found nothing missed
 * @param status converged, if every pair met the tolerance and the check, where it was asked for,
 *     passed; else not converged
 * @param reason why the run stopped, a clause
 */
public record Eigenpairs(
    List<RitzPair> largest,
    List<RitzPair> smallest,
    int products,
    int restarts,
    boolean checked,
    Status status,
    String reason) {
  /**
   * Copies the lists.
   *
   * @param largest the largest eigenvalues asked for, in descending order
   * @param smallest the smallest eigenvalues asked for, in ascending order
   * @param products how many products were used
   * @param restarts how often the basis was cut down
   * @param checked whether a run from fresh random vectors in the complement found nothing missed
   * @param status converged, if every pair met the tolerance and the check, where it was asked for,
   *     passed; else not converged
   * @param reason why the run stopped, a clause
   */
  public Eigenpairs {
    largest = List.copyOf(largest);
    smallest = List.copyOf(smallest);
  }
}
