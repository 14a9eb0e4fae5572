package dev.flatness.pacbayes;

import dev.flatness.loss.Loss;

/** A surrogate of one sample, with its derivative in the outputs. */
record SurrogateRisk(Surrogate kind, Loss loss, double cap) {
  /** The surrogate of clipped losses, −ln p_min being the cap. */
  static SurrogateRisk of(Surrogate kind, Loss loss, double minimumProbability) {
    return new SurrogateRisk(kind, loss, -Math.log(minimumProbability));
  }

  /** Evaluates ℓ̃(f, y). */
  double value(double[] f, double[] y) {
    double value = loss.value(f, y);
    return kind == Surrogate.LOGISTIC ? value / Math.log(2) : clipped(value);
  }

  /** Evaluates ∇ℓ̃; 0 where the loss is clipped. */
  void gradient(double[] f, double[] y, double[] g) {
    loss.gradient(f, y, g);
    double factor =
        kind == Surrogate.LOGISTIC ? 1 / Math.log(2) : loss.value(f, y) < cap ? 1 / cap : 0;
    for (int k = 0; k < g.length; k++) {
      g[k] = factor == 0 ? 0 : factor * g[k];
    }
  }

  /** A loss clipped at the cap and divided by it. */
  double clipped(double value) {
    return Math.min(value, cap) / cap;
  }
}
