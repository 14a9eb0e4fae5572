package dev.flatness.internal.engine;

import dev.flatness.loss.Loss;
import dev.flatness.surface.Curvature;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * One worker's loss head: gathers a sample's outputs and evaluates the loss and its derivatives,
 * always in double.
 */
public final class Head {
  /** A sample's outputs f. */
  public final double[] outputs;

  /** Its target y. */
  public final double[] target;

  /** ∇_f ℓ. */
  public final double[] gradient;

  /** A tangent of f. */
  public final double[] tangent;

  /** A product with ∇²_f ℓ. */
  public final double[] product;

  /** The columns a_k of the factor of ∇²_f ℓ that were evaluated last. */
  public double[][] columns = new double[0][];

  private final Loss loss;
  private final double[] label;

  /** The gradients that a Fisher matrix is made of. */
  private double[][] gradients = new double[0][];

  /** Makes a head for a number of outputs and target entries. */
  public Head(Loss loss, int outputs, int targetSize) {
    this.loss = loss;
    this.outputs = new double[outputs];
    this.target = new double[targetSize];
    this.gradient = new double[outputs];
    this.tangent = new double[outputs];
    this.product = new double[outputs];
    this.label = new double[targetSize];
  }

  /** ℓ(f, y). */
  public double value() {
    return loss.value(outputs, target);
  }

  /** 1 if the sample is classified right. */
  public double correct() {
    return loss.correct(outputs, target);
  }

  /** Evaluates {@link #gradient}. */
  public void differentiate() {
    loss.gradient(outputs, target, gradient);
  }

  /** Evaluates {@link #product} from {@link #tangent}. */
  public void multiplyHessian() {
    loss.hessianProduct(outputs, target, tangent, product);
  }

  /**
   * Evaluates the gradients that the sample adds to a Fisher matrix: that of its own label, or
   * those of the labels drawn for it.
   */
  public void prepareFisher(Curvature kind, int sample) {
    int draws = Math.max(1, kind.draws());
    if (gradients.length != draws) {
      gradients = new double[draws][outputs.length];
    }
    if (kind.draws() == 0) {
      loss.gradient(outputs, target, gradients[0]);
      return;
    }
    RandomGenerator random = kind.labels(sample).generator();
    for (double[] drawn : gradients) {
      loss.draw(outputs, random, label);
      loss.gradient(outputs, label, drawn);
    }
  }

  /** Evaluates {@link #product}, the mean of g⟨g, v⟩, from {@link #tangent}. */
  public void multiplyFisher() {
    Arrays.fill(product, 0);
    for (double[] g : gradients) {
      double dot = 0;
      for (int i = 0; i < g.length; i++) {
        dot += g[i] * tangent[i];
      }
      for (int i = 0; i < g.length; i++) {
        product[i] += dot / gradients.length * g[i];
      }
    }
  }

  /** Evaluates some {@link #columns}. */
  public void factor(int first, int count) {
    if (columns.length != count) {
      columns = new double[count][outputs.length];
    }
    loss.factor(outputs, target, first, columns);
  }
}
