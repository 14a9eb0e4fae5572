package dev.flatness.audit;

import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import java.util.List;

/**
 * Finds rescalings that are meant to move what is not invariant.
 *
 * <p>Providers are found by {@link java.util.ServiceLoader}. Cost: an implementation may evaluate
 * the subject; what it asks of its facts is shared with the audited measures. Deterministic: the
 * same subject, spread and seed give the same rescalings.
 */
@FunctionalInterface
public interface Adversary {
  /**
   * Finds rescalings for a subject.
   *
   * @param subject the network, data and loss
   * @param spread S ≥ 1; every factor is in [1/S, S]
   * @param seed the randomness
   * @return rescalings of the network's scale classes; empty if there is nothing to move
   */
  List<Rescaling> against(Subject subject, double spread, Seed seed);
}
