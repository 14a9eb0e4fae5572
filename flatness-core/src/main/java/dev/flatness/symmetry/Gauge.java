package dev.flatness.symmetry;

import dev.flatness.network.Network;
import java.util.Arrays;

/**
 * Canonical representatives of a network's rescaling orbit.
 *
 * <p>Dead classes have no canonical scale and are pruned first; the function stays. Source:
 * mathematics §2 and §9.
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
   * @throws IllegalStateException if the balance is not reached to 1e-9
   */
  public static Network minimumNorm(Network network) {
    ScaleClasses classes = ScaleClasses.of(network);
    Network pruned = DeadClasses.of(classes, network).pruned();
    double[] squares = Arrays.stream(pruned.parameterVector()).map(w -> w * w).toArray();
    OrbitMinimum minimum = OrbitProblem.of(classes, squares).solve();
    if (minimum.residual() > 1e-9) {
      throw new IllegalStateException(
          "minimum-norm gauge balances to "
              + minimum.residual()
              + " only, expected 1e-9; rescale the network to weights of similar size first");
    }
    return minimum.rescaling().applyTo(pruned);
  }
}
