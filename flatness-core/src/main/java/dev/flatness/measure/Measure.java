package dev.flatness.measure;

import dev.flatness.cost.Work;
import dev.flatness.network.Network;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A flatness measure: a functional of a loss surface at a point, with an id, a source and a
 * declared invariance.
 *
 * <p>An implementation is immutable and gives one estimate per scope it is defined for: one for the
 * network, one per layer, or one list per layer. {@link AbstractMeasure} has what implementations
 * have in common. What several measures need is a {@link Fact} of the subject. Randomness comes
 * from the subject's seed alone.
 */
public interface Measure {
  /**
   * Returns the id under which it is asked for and reported.
   *
   * @return for instance {@code relative-flatness}
   */
  String id();

  /**
   * Returns what it measures, for lists of measures.
   *
   * @return one short clause; by default its source
   */
  default String description() {
    return source();
  }

  /**
   * Returns the scopes it is defined for.
   *
   * @return at least one
   */
  Set<Scope> scopes();

  /**
   * Returns what it claims not to change under.
   *
   * @param scope one of its scopes
   * @return the declared invariance
   */
  Invariance invariance(Scope scope);

  /**
   * Returns where its definition comes from.
   *
   * @return for instance {@code Petzka et al. 2021, Def. 3}
   */
  String source();

  /**
   * Returns which units of a layer its lists belong to, so that lists of permuted networks can be
   * compared unit by unit.
   *
   * @return by default empty: lists are then compared sorted
   */
  default Optional<LayerSide> listedUnits() {
    return Optional.empty();
  }

  /**
   * Tells why the measure is not defined for a subject.
   *
   * @param subject the network, data and loss
   * @return the reason, or empty if it is defined
   */
  default Optional<String> inapplicable(Subject subject) {
    return Optional.empty();
  }

  /**
   * Tells what passes over the samples it will take, before any work.
   *
   * @param network the network
   * @param settings the settings
   * @return the parts, those that other measures share by the same name; empty if it takes none or
   *     does not say
   */
  default List<Work> work(Network network, Settings settings) {
    return List.of();
  }

  /**
   * Measures.
   *
   * @param subject the network, data, loss, settings and seed
   * @return the estimates, network first, then layers in forward order; estimates without a value
   *     where the measure is not defined
   */
  List<Estimate> evaluate(Subject subject);
}
