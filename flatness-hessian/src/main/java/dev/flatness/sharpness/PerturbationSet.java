package dev.flatness.sharpness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.linalg.SymmetricOperators;
import dev.flatness.random.Seed;
import org.jspecify.annotations.Nullable;

/**
 * A set of perturbations of the parameters: a ball, seen through a linear map.
 *
 * <p>Formula: {δ = M y : ‖y‖ ≤ r} in the 2-norm or the maximum norm, M diagonal or of a few
 * columns.
 *
 * <p>Shapes: y has {@link #dimension()} entries, δ has {@link #parameters()}. Cost: O(parameters) a
 * map; a subspace of k columns keeps 8 · k · parameters bytes and takes k times as long. Immutable.
 *
 * <p>Source: Keskar et al. 2017, §2.2.2 (box, subspace); Dinh et al. 2017, Def. 2 (ball);
 * Andriushchenko et al. 2023, §3 (relative).
 */
public final class PerturbationSet {
  /** A norm of y. */
  public enum Norm {
    /** √(Σ y_i²). */
    TWO,
    /** max |y_i|. */
    MAX
  }

  private final int parameters;
  private final Norm norm;
  private final double radius;
  private final double @Nullable [] scales;
  private final double @Nullable [][] columns;

  private PerturbationSet(
      int parameters,
      Norm norm,
      double radius,
      double @Nullable [] scales,
      double @Nullable [][] columns) {
    if (!(radius > 0 && Double.isFinite(radius))) {
      throw new IllegalArgumentException(
          "the radius of perturbations is " + radius + ", expected a positive number");
    }
    this.parameters = parameters;
    this.norm = norm;
    this.radius = radius;
    this.scales = scales;
    this.columns = columns;
  }

  /**
   * Returns a ball.
   *
   * @param parameters the number of parameters
   * @param norm its norm
   * @param epsilon its radius
   * @return {‖δ‖ ≤ ε}
   * @throws IllegalArgumentException unless the radius is positive and finite
   */
  public static PerturbationSet ball(int parameters, Norm norm, double epsilon) {
    return new PerturbationSet(parameters, norm, epsilon, null, null);
  }

  /**
   * Returns Keskar's box.
   *
   * @param theta θ
   * @param epsilon ε
   * @return {|δ_i| ≤ ε (|θ_i| + 1)}
   * @throws IllegalArgumentException unless ε is positive and finite
   */
  public static PerturbationSet box(double[] theta, double epsilon) {
    double[] scales = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      scales[i] = Math.abs(theta[i]) + 1;
    }
    return new PerturbationSet(theta.length, Norm.MAX, epsilon, scales, null);
  }

  /**
   * Returns Keskar's box in a random subspace: δ = A z, |z_j| ≤ ε (|(A⁺θ)_j| + 1). Keskar leaves
   * the law of A open; here its columns are Gaussian, made orthonormal, so A⁺ = Aᵀ.
   *
   * @param theta θ
   * @param epsilon ε
   * @param columns the dimension of the subspace, at most that of θ
   * @param seed the root of A
   * @return the set
   * @throws IllegalArgumentException unless ε is positive and finite, 1 ≤ columns ≤ parameters, and
   *     A fits into a quarter of the heap
   */
  public static PerturbationSet subspaceBox(
      double[] theta, double epsilon, int columns, Seed seed) {
    if (columns < 1 || columns > theta.length) {
      throw new IllegalArgumentException(
          "the dimension of the random subspace is "
              + columns
              + ", expected 1 to the number of parameters ("
              + theta.length
              + ")");
    }
    if (8L * columns * theta.length > Runtime.getRuntime().maxMemory() / 4) {
      throw new IllegalArgumentException(
          "a random subspace of "
              + columns
              + " dimensions needs "
              + 8L * columns * theta.length
              + " bytes, more than a quarter of the heap; choose fewer dimensions");
    }
    double[][] a = new double[columns][];
    for (int j = 0; j < columns; j++) {
      a[j] = Vectors.gaussian(theta.length, seed.split(j));
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < j; i++) {
          Vectors.addMultiple(-Vectors.dot(a[i], a[j]), a[i], a[j]);
        }
      }
      Vectors.divide(a[j], Vectors.norm(a[j]));
    }
    for (double[] column : a) {
      Vectors.divide(column, 1 / (Math.abs(Vectors.dot(column, theta)) + 1));
    }
    return new PerturbationSet(theta.length, Norm.MAX, epsilon, null, a);
  }

  /**
   * Returns the perturbations that are small relative to the parameters; those that are 0 stay.
   *
   * @param theta θ
   * @param norm the norm of δ/|θ|
   * @param rho ρ
   * @return {δ = |θ| ∘ z : ‖z‖ ≤ ρ}
   * @throws IllegalArgumentException unless ρ is positive and finite
   */
  public static PerturbationSet relative(double[] theta, Norm norm, double rho) {
    double[] scales = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      scales[i] = Math.abs(theta[i]);
    }
    return new PerturbationSet(theta.length, norm, rho, scales, null);
  }

  /**
   * Returns the number of parameters.
   *
   * @return the length of δ
   */
  public int parameters() {
    return parameters;
  }

  /**
   * Returns the dimension of the ball.
   *
   * @return the length of y
   */
  public int dimension() {
    return columns == null ? parameters : columns.length;
  }

  /**
   * Returns the radius.
   *
   * @return r
   */
  public double radius() {
    return radius;
  }

  /**
   * Returns the norm.
   *
   * @return the norm of y
   */
  public Norm norm() {
    return norm;
  }

  /**
   * Maps the ball to perturbations.
   *
   * @param y a point
   * @return M y, a new array
   */
  public double[] perturbation(double[] y) {
    double[] delta = columns == null ? y.clone() : new double[parameters];
    if (columns != null) {
      for (int j = 0; j < columns.length; j++) {
        Vectors.addMultiple(y[j], columns[j], delta);
      }
    } else if (scales != null) {
      for (int i = 0; i < parameters; i++) {
        delta[i] *= scales[i];
      }
    }
    return delta;
  }

  /** Mᵀ g. */
  double[] pull(double[] gradient) {
    if (columns != null) {
      double[] result = new double[columns.length];
      for (int j = 0; j < columns.length; j++) {
        result[j] = Vectors.dot(columns[j], gradient);
      }
      return result;
    }
    return perturbation(gradient);
  }

  /** Mᵀ H M. */
  SymmetricOperator pull(SymmetricOperator hessian) {
    if (columns == null) {
      return scales == null ? hessian : SymmetricOperators.congruence(scales, hessian);
    }
    return new SymmetricOperator() {
      @Override
      public int dimension() {
        return PerturbationSet.this.dimension();
      }

      @Override
      public void apply(double[][] vectors, double[][] products) {
        double[][] pushed = new double[vectors.length][];
        double[][] images = new double[vectors.length][parameters];
        for (int k = 0; k < vectors.length; k++) {
          pushed[k] = perturbation(vectors[k]);
        }
        hessian.apply(pushed, images);
        for (int k = 0; k < vectors.length; k++) {
          System.arraycopy(pull(images[k]), 0, products[k], 0, dimension());
        }
      }
    };
  }

  /**
   * Returns the point of the ball that lies furthest along a direction.
   *
   * @param direction d, of {@link #dimension()} entries
   * @return the y of the ball with the largest ⟨d, y⟩; 0 where d is 0
   */
  public double[] furthest(double[] direction) {
    double[] y = direction.clone();
    if (norm == Norm.MAX) {
      for (int i = 0; i < y.length; i++) {
        y[i] = radius * Math.signum(y[i]);
      }
      return y;
    }
    double length = Vectors.norm(y);
    if (length > 0) {
      Vectors.divide(y, length);
      Vectors.divide(y, 1 / radius);
    }
    return y;
  }

  /** Moves a point to the nearest one of the ball. */
  void project(double[] y) {
    if (norm == Norm.MAX) {
      for (int i = 0; i < y.length; i++) {
        y[i] = Math.max(-radius, Math.min(radius, y[i]));
      }
      return;
    }
    double length = Vectors.norm(y);
    if (length > radius) {
      Vectors.divide(y, length / radius);
    }
  }

  /** The length that steps are measured in: 2-norm of a vector whose entries are of size r. */
  double reach() {
    return norm == Norm.MAX ? radius * Math.sqrt(dimension()) : radius;
  }

  /**
   * A step, in multiples of the reach, after which a point lies about where the gradient points: in
   * the maximum norm every entry of the gradient above 1/256 of its root mean square takes its
   * coordinate from one face to the other.
   */
  double longStep() {
    return norm == Norm.MAX ? 512 : 8;
  }
}
