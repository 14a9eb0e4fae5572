package dev.flatness.basispath;

import dev.flatness.measure.MeasureSettings;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What the measures in basis-path coordinates are told beyond the settings of every measure; given
 * to a run by {@code MeasureSettings.with(BasisPathSettings.class, …)}.
 *
 * @param skeleton how the skeleton is chosen; default auto
 * @param theoremEpsilon the ε of Theorem 5.1; default 1e-6 (ours: within its hypotheses for
 *     networks whose smallest basis path is above 4e-6)
 * @param lossLipschitz C_L, the loss's Lipschitz constant in the outputs; needed for losses that
 *     have none of their own
 */
public record BasisPathSettings(
    SkeletonRule skeleton, double theoremEpsilon, OptionalDouble lossLipschitz) {
  private static final BasisPathSettings DEFAULTS =
      new BasisPathSettings(SkeletonRule.auto(), 1e-6, OptionalDouble.empty());

  /** Checks the ranges. */
  public BasisPathSettings {
    Objects.requireNonNull(skeleton, "skeleton");
    requirePositive("theorem epsilon", theoremEpsilon);
    lossLipschitz.ifPresent(c -> requirePositive("Lipschitz constant of the loss", c));
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", expected a positive number");
    }
  }

  /**
   * Returns the defaults.
   *
   * @return auto, 1e-6, the loss's own constant
   */
  public static BasisPathSettings withDefaults() {
    return DEFAULTS;
  }

  /** The settings of a run, or the defaults. */
  static BasisPathSettings of(MeasureSettings settings) {
    return settings.of(BasisPathSettings.class).orElse(DEFAULTS);
  }

  /**
   * Returns these settings with another rule.
   *
   * @param rule how the skeleton is chosen
   * @return the changed copy
   */
  public BasisPathSettings withSkeleton(SkeletonRule rule) {
    return new BasisPathSettings(rule, theoremEpsilon, lossLipschitz);
  }

  /**
   * Returns these settings with another ε of Theorem 5.1.
   *
   * @param epsilon ε
   * @return the changed copy
   */
  public BasisPathSettings withTheoremEpsilon(double epsilon) {
    return new BasisPathSettings(skeleton, epsilon, lossLipschitz);
  }

  /**
   * Returns these settings with a Lipschitz constant of the loss.
   *
   * @param constant C_L
   * @return the changed copy
   */
  public BasisPathSettings withLossLipschitz(double constant) {
    return new BasisPathSettings(skeleton, theoremEpsilon, OptionalDouble.of(constant));
  }
}
