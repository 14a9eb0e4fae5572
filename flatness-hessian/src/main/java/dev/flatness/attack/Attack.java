package dev.flatness.attack;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** A construction of an equivalent network at which some number is what one wants it to be. */
public interface Attack {
  /**
   * Returns the name.
   *
   * @return for instance {@code raise hessian-trace}
   */
  String name();

  /**
   * Constructs the network and takes the number there.
   *
   * @param subject the network, data and loss, with the settings of the number
   * @return the network with both numbers
   * @throws IllegalArgumentException if the construction does not exist for the network, saying why
   */
  Result against(Subject subject);

  /**
   * What an attack did.
   *
   * @param attack its name
   * @param quantity what was moved, an id of a measure where there is one
   * @param rescaling the rescaling; attacks that minimize apply it to the network without its dead
   *     units
   * @param network the equivalent network
   * @param before the number at the original network
   * @param predicted what the theorem says of the number: a lower bound for what is raised, the
   *     value for traces and squared norms; empty where no theorem does
   * @param reached the number, computed from the equivalent network
   * @param functionResidual the largest change of an output over the data, relative to the largest
   *     output
   * @param details further facts by name
   */
  record Result(
      String attack,
      String quantity,
      Rescaling rescaling,
      Network network,
      double before,
      OptionalDouble predicted,
      Outcome reached,
      double functionResidual,
      Map<String, Object> details) {
    /**
     * Copies the facts.
     *
     * @param attack its name
     * @param quantity what was moved, an id of a measure where there is one
     * @param rescaling the rescaling; attacks that minimize apply it to the network without its
     *     dead units
     * @param network the equivalent network
     * @param before the number at the original network
     * @param predicted what the theorem says of the number: a lower bound for what is raised, the
     *     value for traces and squared norms; empty where no theorem does
     * @param reached the number, computed from the equivalent network
     * @param functionResidual the largest change of an output over the data, relative to the
     *     largest output
     * @param details further facts by name
     */
    public Result {
      details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
  }

  /**
   * Compares the functions of two networks on data.
   *
   * <p>Formula: max |f_θ′(x_i)_k − f_θ(x_i)_k| / max |f_θ(x_i)_k| over samples i and outputs k, in
   * float64. Cost: two passes over the samples.
   *
   * @param surface the network, data and loss
   * @param other a network of the same graph
   * @return the residual; 0 where both are 0 everywhere
   */
  static double functionResidual(NetworkSurface surface, Network other) {
    NetworkSurface exact = surface.inDouble();
    double[] theta = surface.network().parameterVector();
    double[] moved = other.parameterVector();
    int samples = surface.dataset().size();
    double largest = 0;
    double change = 0;
    for (int first = 0; first < samples; first += 1024) {
      int count = Math.min(1024, samples - first);
      double[] f = exact.outputs(theta, first, count);
      double[] g = exact.outputs(moved, first, count);
      for (int i = 0; i < f.length; i++) {
        largest = Math.max(largest, Math.abs(f[i]));
        change = Math.max(change, Math.abs(g[i] - f[i]));
      }
    }
    return change == 0 ? 0 : change / largest;
  }
}
