package dev.flatness.pacbayes;

import dev.flatness.network.Network;
import dev.flatness.training.SgdTrainer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The Gaussian prior of a bound: where it is centered, and which standard deviation it has.
 *
 * <p>It must not depend on the samples that the bound is evaluated on. A prior from a split of the
 * data is centered at a network trained on a part of them, and the bound is evaluated on the rest.
 *
 * <p>Source: docs/mathematics.md#priors.
 */
public final class Prior {
  private final String kind;
  private final @Nullable Network center;
  private final double share;
  private final SgdTrainer trainer;
  private final PriorScale scale;

  private Prior(
      String kind, @Nullable Network center, double share, SgdTrainer trainer, PriorScale scale) {
    this.kind = kind;
    this.center = center;
    this.share = share;
    this.trainer = trainer;
    this.scale = scale;
  }

  /**
   * Centers the prior at 0.
   *
   * @return N(0, σ_P² I) with σ_P from the grid
   */
  public static Prior zero() {
    return new Prior("zero", null, 0, SgdTrainer.withDefaults(), PriorScale.grid());
  }

  /**
   * Centers the prior at a network that has not seen the samples, as the initial one.
   *
   * @param initial a network of the same graph
   * @return N(θ⁰, σ_P² I) with σ_P from the grid
   */
  public static Prior around(Network initial) {
    Objects.requireNonNull(initial, "initial");
    return new Prior("network", initial, 0, SgdTrainer.withDefaults(), PriorScale.grid());
  }

  /**
   * Centers the prior at a network that the library trains on a share of the samples, from fresh
   * random weights.
   *
   * @param share F in (0, 1)
   * @return the prior; the bound is evaluated on the other samples
   */
  public static Prior split(double share) {
    requireShare(share);
    return new Prior("split", null, share, SgdTrainer.withDefaults(), PriorScale.grid());
  }

  /**
   * Centers the prior at a network that was trained on the first samples of the data.
   *
   * @param share F in (0, 1); the network saw the first ⌊F n⌋ samples at most
   * @param trained the network
   * @return the prior; the bound is evaluated on the other samples
   */
  public static Prior split(double share, Network trained) {
    requireShare(share);
    Objects.requireNonNull(trained, "trained");
    return new Prior("split", trained, share, SgdTrainer.withDefaults(), PriorScale.grid());
  }

  private static void requireShare(double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "the prior's share of the samples is "
              + share
              + ", expected a number between 0 and 1, both excluded");
    }
  }

  /**
   * Fixes the standard deviation, which is then free of charge.
   *
   * @param sigma σ_P, positive, chosen before the samples were seen
   * @return the changed prior
   */
  public Prior withSigma(double sigma) {
    return new Prior(kind, center, share, trainer, PriorScale.fixed(sigma));
  }

  /**
   * Changes how the library trains on the share.
   *
   * @param how the trainer
   * @return the changed prior
   */
  public Prior withTrainer(SgdTrainer how) {
    return new Prior(kind, center, share, Objects.requireNonNull(how, "how"), scale);
  }

  /**
   * Returns the name used in reports.
   *
   * @return {@code zero}, {@code network} or {@code split}
   */
  public String kind() {
    return kind;
  }

  /**
   * Returns the share of the samples that the prior has seen.
   *
   * @return F; 0 unless the prior is from a split
   */
  public double share() {
    return share;
  }

  /**
   * Returns the standard deviation that was fixed.
   *
   * @return σ_P; empty for the grid
   */
  public OptionalDouble sigma() {
    return scale.isGrid() ? OptionalDouble.empty() : OptionalDouble.of(scale.fixed());
  }

  Optional<Network> center() {
    return Optional.ofNullable(center);
  }

  SgdTrainer trainer() {
    return trainer;
  }

  PriorScale scale() {
    return scale;
  }

  boolean isSplit() {
    return share > 0;
  }
}
