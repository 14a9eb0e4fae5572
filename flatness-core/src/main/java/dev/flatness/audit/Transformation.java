package dev.flatness.audit;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One transformation of an audit: a member of a family, which does not change what the network
 * computes.
 *
 * <p>Immutable.
 */
public final class Transformation {
  private final TransformationFamily family;
  private final int trial;
  private final UnaryOperator<Network> map;
  private final String description;

  /** The layers whose inputs keep their scale; null for all. */
  private final @Nullable Set<String> keeping;

  private final @Nullable Permutation permutation;

  private Transformation(
      TransformationFamily family,
      int trial,
      UnaryOperator<Network> map,
      String description,
      @Nullable Set<String> keeping,
      @Nullable Permutation permutation) {
    this.family = family;
    this.trial = trial;
    this.map = map;
    this.description = description;
    this.keeping = keeping;
    this.permutation = permutation;
  }

  static Transformation of(TransformationFamily family, int trial, Rescaling rescaling) {
    return new Transformation(family, trial, rescaling::applyTo, rescaling.toString(), null, null);
  }

  static Transformation keeping(int trial, Rescaling rescaling, Set<String> layers) {
    return new Transformation(
        TransformationFamily.EXCEPT_INPUTS,
        trial,
        rescaling::applyTo,
        rescaling.toString(),
        Set.copyOf(layers),
        null);
  }

  static Transformation of(int trial, Permutation permutation) {
    return new Transformation(
        TransformationFamily.PERMUTATION,
        trial,
        permutation::applyTo,
        "random order of hidden units",
        null,
        permutation);
  }

  /**
   * Returns its family.
   *
   * @return the family
   */
  public TransformationFamily family() {
    return family;
  }

  /**
   * Returns which member of the family it is.
   *
   * @return the trial, from 0
   */
  public int trial() {
    return trial;
  }

  /**
   * Transforms a network.
   *
   * @param network the audited network, or another of its graph
   * @return a network of the same function
   */
  public Network applyTo(Network network) {
    return map.apply(network);
  }

  /** Whether it belongs to what a layer may claim: its inputs are kept, or need not be. */
  boolean keepsInputsOf(String layer) {
    return keeping == null || keeping.contains(layer);
  }

  /** The permuted list of a layer's inputs or outputs, as expected of the transformed network. */
  double[] permuted(Node layer, boolean inputs, double[] list) {
    if (permutation == null) {
      return list;
    }
    return inputs ? permutation.permuteColumns(layer, list) : permutation.permuteRows(layer, list);
  }

  Optional<Permutation> permutation() {
    return Optional.ofNullable(permutation);
  }

  /** Says family, trial and factors. */
  @Override
  public String toString() {
    return family.id() + " " + trial + ": " + description;
  }
}
