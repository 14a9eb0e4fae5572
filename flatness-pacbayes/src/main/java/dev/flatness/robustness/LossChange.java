package dev.flatness.robustness;

import dev.flatness.loss.Loss;

/**
 * The change of a sample's loss with its outputs, ℓ(f + Δ, y) − ℓ(f, y), without cancellation: for
 * small Δ the integral of ⟨∇ℓ(f + tΔ, y), Δ⟩ by a rule that is exact to degree 9 in t.
 */
final class LossChange {
  private static final double SMALL = 0.05;
  private static final double AGREES = 0x1p-40;

  private final Loss loss;
  private final double[] moved;
  private final double[] gradient;
  private double rounding;

  LossChange(Loss loss, int outputs) {
    this.loss = loss;
    this.moved = new double[outputs];
    this.gradient = new double[outputs];
  }

  /** ℓ(f + change, y) − ℓ(f, y), given ℓ(f, y). */
  double of(double[] f, double[] change, double[] target, double before) {
    double largest = 0;
    for (int k = 0; k < f.length; k++) {
      largest = Math.max(largest, Math.abs(change[k]));
      moved[k] = f[k] + change[k];
    }
    double after = loss.value(moved, target);
    double plain = after - before;
    double error = 0x1p-52 * (Math.abs(before) + Math.abs(after));
    if (!(largest <= SMALL)) {
      rounding += error;
      return plain;
    }
    double sum = 0;
    for (int i = 0; i < Kinks.NODES.length; i++) {
      for (int k = 0; k < f.length; k++) {
        moved[k] = f[k] + Kinks.NODES[i] * change[k];
      }
      loss.gradient(moved, target, gradient);
      double slope = 0;
      for (int k = 0; k < f.length; k++) {
        slope += gradient[k] * change[k];
      }
      sum += Kinks.WEIGHTS[i] * slope;
    }
    // A loss with kinks of its own, which the rule does not see, is left to the difference.
    if (Math.abs(sum - plain) <= AGREES * (Math.abs(before) + Math.abs(after) + largest)) {
      return sum;
    }
    rounding += error;
    return plain;
  }

  /** The rounding errors of plain differences since this was asked last. */
  double rounding() {
    double all = rounding;
    rounding = 0;
    return all;
  }
}
