package dev.flatness.loss;

import dev.flatness.data.Dataset;
import dev.flatness.data.Dataset.TargetKind;
import dev.flatness.network.OutputActivation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * Softmax cross-entropy on logits, with labels or with a distribution over the classes as target.
 *
 * <p>Formula: ℓ(f, y) = Σ_c t_c (ln Σ_k e^{f_k} − f_c) with t_c = w_c ((1 − α) y_c + α/K): class
 * weights w, label smoothing α, K classes; a label is y = e_label. With T = Σ_c t_c: ∇ℓ = T p − t;
 * ∇²ℓ = T (diag(p) − ppᵀ) = Σ_k a_k a_kᵀ with a_k = √(T p_k) (e_k − p). Everything is evaluated
 * without cancellation: p_y − 1 as −Σ_{k≠y} p_k, and the loss as log1p of the other classes' sum
 * when y is the largest.
 *
 * <p>Units: nats. Cost: O(outputs), also for a column of the factor. Errors: labels outside 0 …
 * outputs−1 and rows that are no distribution are refused by {@link #check}. Source:
 * docs/mathematics.md#losses.
 */
public final class SoftmaxCrossEntropy implements Loss {
  private static final SoftmaxCrossEntropy PLAIN = new SoftmaxCrossEntropy(0, List.of(), 1);

  private final double smoothing;

  /** By class; empty where every weight is 1. */
  private final double[] weights;

  /** Of every sample: 1 over the mean weight of the labels, where the mean is weighted. */
  private final double factor;

  private SoftmaxCrossEntropy(double smoothing, List<Double> weights, double factor) {
    this.factor = factor;
    this.smoothing = smoothing;
    this.weights = weights.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Returns the loss without weights or smoothing.
   *
   * @return the loss
   */
  public static SoftmaxCrossEntropy onLogits() {
    return PLAIN;
  }

  /**
   * Returns the loss of targets that are mixed with the uniform distribution.
   *
   * @param share α, from 0 to 1
   * @return the changed copy
   * @throws IllegalArgumentException if the share is not from 0 to 1
   */
  public SoftmaxCrossEntropy withLabelSmoothing(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("label smoothing is " + share + ", expected 0 to 1");
    }
    return new SoftmaxCrossEntropy(share, classWeights(), factor);
  }

  /**
   * Returns the loss with a factor for each class. The loss of a dataset stays the mean over its
   * samples; {@link Losses} divides the weights by the mean weight of the labels, as PyTorch does.
   *
   * @param factors one for each class; none for 1 each
   * @return the changed copy
   * @throws IllegalArgumentException if a weight is negative or not finite
   */
  public SoftmaxCrossEntropy withClassWeights(List<Double> factors) {
    for (double factor : factors) {
      if (!(factor >= 0 && factor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "class weight " + factor + " is no weight, expected a finite number from 0");
      }
    }
    return new SoftmaxCrossEntropy(smoothing, factors, factor);
  }

  /** The loss times a factor. */
  SoftmaxCrossEntropy times(double scale) {
    return new SoftmaxCrossEntropy(smoothing, classWeights(), scale);
  }

  private List<Double> classWeights() {
    return Arrays.stream(weights).boxed().toList();
  }

  @Override
  public String id() {
    return "cross-entropy";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (smoothing != 0) {
      settings.put("labelSmoothing", smoothing);
    }
    if (weights.length > 0) {
      settings.put("classWeights", weights.clone());
    }
    return settings;
  }

  @Override
  public boolean requiresLogits() {
    return true;
  }

  @Override
  public boolean includes(OutputActivation end) {
    return end == OutputActivation.SOFTMAX || end == OutputActivation.LOG_SOFTMAX;
  }

  /** Whether the target is one label, neither weighted nor smoothed: t = e_label. */
  private boolean plain(double[] target) {
    return smoothing == 0 && weights.length == 0 && target.length == 1;
  }

  /** t_c. */
  private double share(double[] target, int c, int classes) {
    double y = target.length == 1 ? ((int) target[0] == c ? 1 : 0) : target[c];
    double mixed = smoothing == 0 ? y : (1 - smoothing) * y + smoothing / classes;
    return weights.length == 0 ? mixed : factor * weights[c] * mixed;
  }

  /** T. */
  private double total(double[] target, int classes) {
    if (plain(target)) {
      return 1;
    }
    double total = 0;
    for (int c = 0; c < classes; c++) {
      total += share(target, c, classes);
    }
    return total;
  }

  @Override
  public double value(double[] f, double[] target) {
    if (plain(target)) {
      return ofLabel(f, (int) target[0]);
    }
    double sum = 0;
    for (int c = 0; c < f.length; c++) {
      double share = share(target, c, f.length);
      sum += share == 0 ? 0 : share * ofLabel(f, c);
    }
    return sum;
  }

  /** ln Σ_k e^{f_k} − f_y. */
  private static double ofLabel(double[] f, int y) {
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
    probabilities(f, g);
    if (plain(target)) {
      int y = (int) target[0];
      g[y] = -complement(g, y);
      return;
    }
    // T p_c − t_c = p_c Σ_{j≠c} t_j − t_c Σ_{j≠c} p_j.
    double total = total(target, f.length);
    int top = argmax(f);
    double besideTop = complement(g, top);
    for (int c = 0; c < f.length; c++) {
      double share = share(target, c, f.length);
      g[c] = g[c] * (total - share) - share * (c == top ? besideTop : 1 - g[c]);
    }
  }

  @Override
  public void hessianProduct(double[] f, double[] target, double[] v, double[] product) {
    probabilities(f, product);
    // (diag(p) − ppᵀ) v = p ∘ (v − ⟨p, v⟩); the mean is taken relative to the largest class, whose
    // own difference then is a sum over the other classes: no 1 − p appears.
    int top = argmax(f);
    double mean = 0;
    for (int k = 0; k < v.length; k++) {
      mean += product[k] * (v[k] - v[top]);
    }
    double total = total(target, f.length);
    for (int k = 0; k < v.length; k++) {
      product[k] *= total * ((v[k] - v[top]) - mean);
    }
  }

  @Override
  public void factor(double[] f, double[] target, int first, double[][] columns) {
    int n = f.length;
    // The last column is made in the place of the probabilities.
    double[] p = columns[columns.length - 1];
    probabilities(f, p);
    double total = total(target, n);
    for (int i = 0; i < columns.length; i++) {
      int k = first + i;
      double rest = complement(p, k);
      double root = Math.sqrt(total * p[k]);
      double[] a = columns[i];
      for (int j = 0; j < n; j++) {
        a[j] = -root * p[j];
      }
      a[k] = root * rest;
    }
  }

  @Override
  public void draw(double[] f, RandomGenerator random, double[] target) {
    if (smoothing != 0 || weights.length > 0) {
      throw new UnsupportedOperationException(
          "cross-entropy with label smoothing or class weights states no distribution that labels"
              + " could be drawn from; use the Gauss–Newton or the empirical Fisher matrix");
    }
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
    if (target.length == 1) {
      target[0] = drawn;
    } else {
      Arrays.fill(target, 0);
      target[drawn] = 1;
    }
  }

  @Override
  public void check(Dataset dataset, int outputs) {
    if (outputs < 2) {
      throw new IllegalArgumentException(
          "loss \"cross-entropy\" needs at least 2 outputs, but the network has "
              + outputs
              + "; use binary-cross-entropy");
    }
    if (weights.length > 0 && weights.length != outputs) {
      throw new IllegalArgumentException(
          "there are "
              + weights.length
              + " class weights, but the network has "
              + outputs
              + " outputs; give one weight for each class");
    }
    if (dataset.targetKind() == TargetKind.REAL && dataset.targetSize() == outputs) {
      TargetChecks.distributions(id(), dataset, outputs);
    } else {
      TargetChecks.labels(id(), dataset, outputs);
    }
  }

  @Override
  public double correct(double[] f, double[] target) {
    return argmax(f) == (target.length == 1 ? (int) target[0] : argmax(target)) ? 1 : 0;
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
    double largest = weights.length == 0 ? 1 : Arrays.stream(weights).max().orElse(1);
    return OptionalDouble.of(Math.sqrt(2) * factor * largest);
  }
}
