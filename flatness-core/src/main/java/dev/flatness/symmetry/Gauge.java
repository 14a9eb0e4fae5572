package dev.flatness.symmetry;

import dev.flatness.network.Network;
import java.util.Arrays;

/**
 * Canonical representatives of a network's rescaling orbit.
 *
 * <p>Dead classes have no canonical scale and are pruned first; the function stays. Source:
 * docs/mathematics.md#minimum-norm-gauge.
 */
public final class Gauge {
  private Gauge() {}

  /**
   * Finds the representative of least Euclidean norm.
   *
   * <p>Formula: min over the orbit of Σ_e w_e²; there the squared weights into every hidden unit
   * and out of it have equal sums. It is unique, so two networks of one orbit have one minimum-norm
   * representative.
   *
   * <p>Cost: as {@link OrbitProblem}.
   *
   * @param network the network
   * @return the network of the same function at the minimum-norm gauge
   * @throws IllegalArgumentException if the square of a parameter leaves the range of doubles
   * @throws IllegalStateException if the balance is not reached to 1e-9
   */
  public static Network minimumNorm(Network network) {
    Network pruned = DeadClasses.of(network).pruned();
    OrbitMinimum minimum = leastNorm(pruned);
    if (minimum.residual() > 1e-9) {
      throw new IllegalStateException(
          "minimum-norm gauge balances to "
              + minimum.residual()
              + " only, expected 1e-9; rescale the network to weights of similar size first");
    }
    return minimum.rescaling().applyTo(pruned);
  }

  /**
   * Finds the rescaling that leads to the least Euclidean norm, with its certificate.
   *
   * <p>Cost: as {@link OrbitProblem}.
   *
   * @param pruned a network without dead classes, as {@link DeadClasses#pruned} gives it; the least
   *     norm of others is not attained
   * @return the rescaling, min Σ_e w_e² and how well every class balances
   * @throws IllegalArgumentException if the square of a parameter leaves the range of doubles
   */
  public static OrbitMinimum leastNorm(Network pruned) {
    double[] squares = Arrays.stream(pruned.parameterVector()).map(w -> w * w).toArray();
    double[] theta = pruned.parameterVector();
    for (int i = 0; i < theta.length; i++) {
      if (Double.isInfinite(squares[i])) {
        throw new IllegalArgumentException(
            "entry "
                + i
                + " of the parameters is "
                + theta[i]
                + ", whose square leaves the range of doubles; rescale the network to weights of"
                + " similar size first");
      }
    }
    return OrbitProblem.of(ScaleClasses.of(pruned), squares).solve();
  }

  /**
   * Finds the representative whose hidden units have incoming parameters of 2-norm 1.
   *
   * <p>Formula: Σ_e w_e² = 1 over the weights and biases into every free class, found class by
   * class from the input on: c_b = (Σ_{e=(a→b)} w_e²/c_a²)^{-1/2}. It is unique.
   *
   * <p>Cost: linear in the parameters.
   *
   * @param network the network
   * @return the network of the same function at the unit-incoming gauge
   * @throws IllegalArgumentException if non-zero weights between free classes form a cycle, as in
   *     residual networks, or a rescaled parameter leaves the range of doubles
   */
  public static Network unitIncoming(Network network) {
    Network pruned = DeadClasses.of(network).pruned();
    return UnitIncoming.rescaling(pruned).applyTo(pruned);
  }
}
