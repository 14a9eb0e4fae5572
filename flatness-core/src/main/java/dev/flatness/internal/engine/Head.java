package dev.flatness.internal.engine;

import dev.flatness.loss.Loss;

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

  /** The columns a_k of the factor of ∇²_f ℓ. */
  public final double[][] columns;

  private final Loss loss;

  /** Makes a head for so many outputs and target entries. */
  public Head(Loss loss, int outputs, int targetSize) {
    this.loss = loss;
    this.outputs = new double[outputs];
    this.target = new double[targetSize];
    this.gradient = new double[outputs];
    this.tangent = new double[outputs];
    this.product = new double[outputs];
    this.columns = new double[loss.factorColumns(outputs)][outputs];
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

  /** Evaluates {@link #product} = g⟨g, v⟩ from {@link #tangent} and {@link #gradient}. */
  public void multiplyFisher() {
    double dot = 0;
    for (int i = 0; i < tangent.length; i++) {
      dot += gradient[i] * tangent[i];
    }
    for (int i = 0; i < tangent.length; i++) {
      product[i] = dot * gradient[i];
    }
  }

  /** Evaluates {@link #columns}. */
  public void factor() {
    loss.factor(outputs, target, columns);
  }
}
