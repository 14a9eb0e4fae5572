package dev.flatness.robustness;

import dev.flatness.measure.Outcome;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How representative a sample is in the feature space of a layer at one δ, and what follows for the
 * gap between test and training loss.
 *
 * <p>Units: loss, but for the shares and the log-likelihood (nats a sample). Errors: none; what is
 * not defined is NaN or empty.
 *
 * <p>Source: Petzka et al. 2021, §6; docs/mathematics.md#representativeness.
 *
 * @param layer the layer's name
 * @param delta δ: the kernel at a feature φ has the radius δ‖φ‖
 * @param splits how many random halves
 * @param value E_Rep over the splits; its standard error holds the splits, the noise and the draw
 *     of the samples; {@code uninformative} where more than half of the points held out lie outside
 *     every kernel
 * @param spread the standard deviation of E_Rep over the splits
 * @param noiseRobustness the mean of E_ξ ℓ(ψ(φ + ξ), y) − ℓ(f(x), y), eq. 5's other term, with the
 *     standard error of noise and samples
 * @param outside the share of points held out that lie outside every kernel
 * @param otherLabel the share of samples whose nearest neighbour lies within δ‖φ‖ and has another
 *     label; empty for real targets
 * @param logLikelihood the mean log density, under the kernels of the other half, of the points
 *     held out that lie inside one; NaN where none does
 * @param approximation the generalization approximation E_Rep + E[r²]κ_Tr/(2m), r = ‖ξ‖/‖φ‖; no
 *     bound
 * @param rate the rate of Theorem 6 with the caller's constants
 * @param test where there are test data, the whole of eq. 5
 */
public record Representative(
    String layer,
    double delta,
    int splits,
    Outcome value,
    double spread,
    Outcome noiseRobustness,
    double outside,
    OptionalDouble otherLabel,
    double logLikelihood,
    double approximation,
    OptionalDouble rate,
    Optional<Decomposition> test) {
  /** The name used in reports. */
  public static final String ID = "representativeness";

  /** The name of {@link #approximation} in reports. */
  public static final String APPROXIMATION_ID = "generalization-approximation";

  /**
   * Checks that nothing is missing.
   *
   * @param layer the layer's name
   * @param delta δ
   * @param splits how many random halves
   * @param value E_Rep over the splits
   * @param spread the standard deviation over the splits
   * @param noiseRobustness eq. 5's other term
   * @param outside the share of points held out that lie outside every kernel
   * @param otherLabel the share of samples whose nearest neighbour within δ‖φ‖ has another label
   * @param logLikelihood the mean log density of points held out
   * @param approximation the generalization approximation
   * @param rate the rate of Theorem 6
   * @param test the whole of eq. 5
   */
  public Representative {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(noiseRobustness, "noiseRobustness");
    Objects.requireNonNull(otherLabel, "otherLabel");
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(test, "test");
  }

  /**
   * Eq. 5 with test data: gap = E_Rep + E_F.
   *
   * @param gap the mean loss on the test data minus that on the data
   * @param gapError its standard error over both samples
   * @param representativeness E_Rep with the test data in place of a half, gap − {@code
   *     noiseRobustness}
   * @param approximation E_Rep + E[r²]κ_Tr/(2m), which differs from the gap by the error of the
   *     prediction of E_F
   */
  public record Decomposition(
      double gap, double gapError, double representativeness, double approximation) {}
}
