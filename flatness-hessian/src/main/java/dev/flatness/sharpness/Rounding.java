package dev.flatness.sharpness;

import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import java.util.random.RandomGenerator;

/**
 * Measures the rounding error of a loss.
 *
 * <p>Formula: r² = ¼ Σ_k (L(θ + w_k) − L(θ))² + ulp(L(θ))²/12, the entries of w_k being ±2⁻⁵²|θ_i|
 * with random signs: one or two last places of θ_i. To change the parameters by last places changes
 * every rounding on the way to the loss, and the loss by as much as rounding does: an evaluation is
 * exact at parameters that are some last places away. The last term is for a loss whose own last
 * place hides that.
 *
 * <p>A surface that reads its parameters as floats sees none of this. Where all losses are floats,
 * the entries are ±2⁻²³|θ_i| and the place is that of a float: a loss in float64 has all 29 lower
 * bits 0 by chance once in 10⁹ times, or because it is a short number. So the larger steps must
 * change the loss, and to floats again.
 *
 * <p>Cost: 4 evaluations, 8 where all losses are floats.
 *
 * <p>Source: Parker 1997, Monte Carlo arithmetic, with perturbed inputs only; Higham 2002, §1.5.
 */
final class Rounding {
  /** Evaluations, the degrees of freedom of r. */
  static final int DRAWS = 4;

  private Rounding() {}

  /**
   * Measures.
   *
   * @param loss L(θ), as the surface gives it
   * @return r; 0 where the loss is not finite
   */
  static double of(LossSurface surface, double[] theta, double loss, Seed seed) {
    if (!Double.isFinite(loss)) {
      return 0;
    }
    Probe fine = probe(surface, theta, loss, seed, -52);
    if (loss != (float) loss || !fine.floats()) {
      return fine.rounding(Math.ulp(loss));
    }
    Probe coarse = probe(surface, theta, loss, seed.split("float"), -23);
    return coarse.floats() && coarse.squares() > 0
        ? coarse.rounding(Math.ulp((float) loss))
        : fine.rounding(Math.ulp(loss));
  }

  /** The changes of the loss under small steps, and whether all losses were floats. */
  private record Probe(double squares, boolean floats) {
    double rounding(double place) {
      return Math.sqrt(squares / DRAWS + place * place / 12);
    }
  }

  private static Probe probe(
      LossSurface surface, double[] theta, double loss, Seed seed, int exponent) {
    double[] moved = new double[theta.length];
    double squares = 0;
    boolean floats = true;
    for (int k = 0; k < DRAWS; k++) {
      RandomGenerator random = seed.split(k).generator();
      for (int i = 0; i < theta.length; i++) {
        double place = Math.scalb(theta[i], exponent);
        moved[i] = random.nextBoolean() ? theta[i] + place : theta[i] - place;
      }
      double value = surface.value(moved);
      floats &= value == (float) value;
      double change = value - loss;
      squares += Double.isFinite(change) ? change * change : 0;
    }
    return new Probe(squares, floats);
  }
}
