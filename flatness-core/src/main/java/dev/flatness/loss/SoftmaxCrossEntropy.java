package dev.flatness.loss;

import dev.flatness.data.Dataset;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Softmax cross-entropy on logits with integer labels.
 *
 * <p>Formula: ℓ(f, y) = ln Σ_k e^{f_k} − f_y; ∇ℓ = p − e_y; ∇²ℓ = diag(p) − ppᵀ = Σ_k a_k a_kᵀ with
 * a_k = √p_k (e_k − p). Everything is evaluated without cancellation: p_y − 1 as −Σ_{k≠y} p_k, and
 * the loss as log1p of the other classes' sum when y is the largest.
 *
 * <p>Units: nats. Cost: O(outputs); the factor O(outputs²). Errors: labels outside 0 … outputs−1
 * are refused by {@link #check}. Source: docs/mathematics.md#losses.
 */
public final class SoftmaxCrossEntropy implements Loss {
  private static final SoftmaxCrossEntropy INSTANCE = new SoftmaxCrossEntropy();

  private SoftmaxCrossEntropy() {}

  /**
   * Returns the loss.
   *
   * @return the only instance
   */
  public static SoftmaxCrossEntropy onLogits() {
    return INSTANCE;
  }

  @Override
  public String id() {
    return "cross-entropy";
  }

  @Override
  public double value(double[] f, double[] target) {
    int y = (int) target[0];
    double max = max(f);
    if (f[y] == max) {
      double others = 0;
      for (int k = 0; k < f.length; k++) {
        if (k != y) {
          others += Math.exp(f[k] - max);
        }
      }
      return Math.log1p(others);
    }
    double sum = 0;
    for (double logit : f) {
      sum += Math.exp(logit - max);
    }
    return (max - f[y]) + Math.log(sum);
  }

  @Override
  public void gradient(double[] f, double[] target, double[] g) {
    int y = (int) target[0];
    probabilities(f, g);
    g[y] = -complement(g, y);
  }

  @Override
  public void hessianProduct(double[] f, double[] target, double[] v, double[] product) {
    probabilities(f, product);
    // (diag(p) − ppᵀ) v = p ∘ (v − ⟨p, v⟩); the mean is taken relative to the largest class, whose
    // own difference
    // then is a sum over the other classes: no 1 − p appears.
    int top = argmax(f);
    double mean = 0;
    for (int k = 0; k < v.length; k++) {
      mean += product[k] * (v[k] - v[top]);
    }
    for (int k = 0; k < v.length; k++) {
      product[k] *= (v[k] - v[top]) - mean;
    }
  }

  @Override
  public void factor(double[] f, double[] target, double[][] columns) {
    int n = f.length;
    double[] p = columns[n - 1];
    probabilities(f, p);
    for (int k = 0; k < n; k++) {
      double pk = p[k];
      double rest = complement(p, k);
      double root = Math.sqrt(pk);
      double[] a = columns[k];
      for (int j = 0; j < n; j++) {
        a[j] = -root * p[j];
      }
      a[k] = root * rest;
    }
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    double max = max(f);
    double sum = 0;
    for (double logit : f) {
      sum += Math.exp(logit - max);
    }
    double left = random.nextDouble() * sum;
    int drawn = argmax(f);
    for (int k = 0; k < f.length; k++) {
      left -= Math.exp(f[k] - max);
      if (left < 0) {
        drawn = k;
        break;
      }
    }
    target[0] = drawn;
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    if (outputs < 2) {
      throw new IllegalArgumentException(
          "loss \"cross-entropy\" needs at least 2 outputs, but the network has "
              + outputs
              + "; use binary-cross-entropy");
    }
    TargetChecks.labels(id(), dataset, outputs);
  }

  @Override
  public double correct(double[] f, double[] target) {
    return argmax(f) == (int) target[0] ? 1 : 0;
  }

  /** Σ_{j≠k} p_j. */
  private static double complement(double[] p, int k) {
    double sum = 0;
    for (int j = 0; j < p.length; j++) {
      if (j != k) {
        sum += p[j];
      }
    }
    return sum;
  }

  private static void probabilities(double[] f, double[] p) {
    double max = max(f);
    double sum = 0;
    for (int k = 0; k < f.length; k++) {
      p[k] = Math.exp(f[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < f.length; k++) {
      p[k] /= sum;
    }
  }

  private static double max(double[] f) {
    return f[argmax(f)];
  }

  private static int argmax(double[] f) {
    int best = 0;
    for (int k = 1; k < f.length; k++) {
      if (f[k] > f[best]) {
        best = k;
      }
    }
    return best;
  }

  @Override
  public OptionalDouble lipschitz(int outputs) {
    return OptionalDouble.of(Math.sqrt(2));
  }
}
