package dev.flatness.pacbayes;

import dev.flatness.internal.engine.ChunkRunner;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an optimisation stands: the posterior, the moments of Adam, and the epochs run.
 *
 * <p>The scales move in ln σ. A move by u multiplies σ by (2 + u)/(2 − u), which is e^u up to
 * u³/12; u is at most 1 in absolute value.
 */
final class PosteriorState {
  private static final int RANGE = 1 << 13;
  private static final double DECAY = 0.999;
  private static final double TINY = 1e-8;

  final double[] mean;
  final double[] sigma;

  /** Of the gradients in μ and in ln σ: running means, and those of the squares. */
  final double[] meanSpeed;

  final double[] meanSquare;
  final double[] scaleSpeed;
  final double[] scaleSquare;
  final List<OptimizedPosterior.Epoch> history = new ArrayList<>();
  long steps;

  private final double[] logarithms;
  private final double[] parts;

  PosteriorState(DiagonalGaussian start) {
    this.mean = start.mean();
    this.sigma = start.sigma();
    int p = mean.length;
    this.meanSpeed = new double[p];
    this.meanSquare = new double[p];
    this.scaleSpeed = new double[p];
    this.scaleSquare = new double[p];
    int ranges = (p + RANGE - 1) / RANGE;
    this.logarithms = new double[ranges];
    this.parts = new double[ranges];
  }

  DiagonalGaussian posterior() {
    return DiagonalGaussian.of(mean, sigma);
  }

  /** Returns what a file keeps; the logarithms are made anew for each epoch. */
  List<double[]> vectors() {
    return List.of(mean, sigma, meanSpeed, meanSquare, scaleSpeed, scaleSquare);
  }

  /** Whether all means are finite and all scales positive. */
  boolean valid() {
    for (int i = 0; i < mean.length; i++) {
      if (!(Double.isFinite(mean[i]) && sigma[i] > 0 && Double.isFinite(sigma[i]))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Evaluates KL(Q‖P) and Σ ln (σ/τ) of each range of parameters, from which the steps go on.
   *
   * @return the divergence
   */
  double divergence(double[] center, double[] width, ChunkRunner runner) {
    runner.each(
        parts.length,
        (worker, range) -> {
          double sum = 0;
          for (int i = range * RANGE; i < end(range); i++) {
            sum += Math.log(sigma[i] / width[i]);
          }
          logarithms[range] = sum;
          parts[range] = part(range, center, width);
        });
    return total();
  }

  private int end(int range) {
    return Math.min(mean.length, (range + 1) * RANGE);
  }

  private double part(int range, double[] center, double[] width) {
    double sum = 0;
    int end = end(range);
    for (int i = range * RANGE; i < end; i++) {
      double moved = (mean[i] - center[i]) / width[i];
      double ratio = sigma[i] / width[i];
      sum += moved * moved + (ratio * ratio - 1);
    }
    return sum / 2 - logarithms[range];
  }

  private double total() {
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    return sum;
  }

  /** How far a step goes and what it weighs the risk and the divergence with. */
  record Step(
      double meanRate, double scaleRate, double momentum, double inRisk, double inDivergence) {}

  /**
   * Makes one step of Adam.
   *
   * @param meanGradient the derivative of the risk in μ
   * @param sigmaGradient that in σ; overwritten
   * @return KL(Q‖P) after it
   */
  double step(
      Step step,
      double[] meanGradient,
      double[] sigmaGradient,
      double[] center,
      double[] width,
      ChunkRunner runner) {
    steps++;
    double root = Math.sqrt(1 - Math.pow(DECAY, steps));
    double start = 1 - Math.pow(step.momentum, steps);
    double meanRate = step.meanRate * root / start;
    double scaleRate = step.scaleRate * root / start;
    runner.each(
        parts.length,
        (worker, range) -> {
          moveMeans(range, step, meanRate, meanGradient, center, width);
          moveScales(range, step, scaleRate, sigmaGradient, width);
          parts[range] = part(range, center, width);
        });
    return total();
  }

  private void moveMeans(
      int range, Step step, double rate, double[] gradient, double[] center, double[] width) {
    double keep = step.momentum;
    int end = end(range);
    for (int i = range * RANGE; i < end; i++) {
      double pull = (mean[i] - center[i]) / (width[i] * width[i]);
      double g = step.inRisk * gradient[i] + step.inDivergence * pull;
      double speed = keep * meanSpeed[i] + (1 - keep) * g;
      double square = DECAY * meanSquare[i] + (1 - DECAY) * (g * g);
      meanSpeed[i] = speed;
      meanSquare[i] = square;
      mean[i] -= rate * speed / (Math.sqrt(square) + TINY);
    }
  }

  /** The moves u are left in the place of the gradients: loops that only map are vectorized. */
  private void moveScales(int range, Step step, double rate, double[] gradient, double[] width) {
    double keep = step.momentum;
    int first = range * RANGE;
    int end = end(range);
    for (int i = first; i < end; i++) {
      double ratio = sigma[i] / width[i];
      double g = step.inRisk * (gradient[i] * sigma[i]) + step.inDivergence * (ratio * ratio - 1);
      double speed = keep * scaleSpeed[i] + (1 - keep) * g;
      double square = DECAY * scaleSquare[i] + (1 - DECAY) * (g * g);
      scaleSpeed[i] = speed;
      scaleSquare[i] = square;
      gradient[i] = rate * speed / (Math.sqrt(square) + TINY);
    }
    for (int i = first; i < end; i++) {
      double u = Math.max(-1, Math.min(1, -gradient[i]));
      gradient[i] = u;
      sigma[i] *= (2 + u) / (2 - u);
    }
    double moved = 0;
    for (int i = first; i < end; i++) {
      double u = gradient[i];
      double half = u * u / 4;
      // ln ((2 + u)/(2 − u)) = 2 artanh (u/2).
      moved += u * (1 + half * (1.0 / 3 + half * (1.0 / 5 + half * (1.0 / 7 + half / 9))));
    }
    logarithms[range] += moved;
  }
}
