package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Lanczos.End;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The Lanczos vectors of one start vector and the matrix T = QᵀAQ, with full re-orthogonalization.
 *
 * <p>With vectors that it stays orthogonal to, it is the chain of P A P, P the projection onto
 * their complement.
 */
final class KrylovChain {
  /** Where β counts as 0, relative to ‖T‖. */
  private static final double BREAKDOWN = 64 * 0x1p-52;

  /** Entries of a vector that a first-level cache holds beside a basis vector's. */
  private static final int BLOCK = 1024;

  private final int dimension;
  private final List<double[]> apart;
  private final double scale;
  private List<double[]> basis = new ArrayList<>();
  private double[] alpha = new double[32];
  private double[] beta = new double[32];
  private int products;
  private double norm;

  /** A chain from a start vector; the scale is a magnitude that T is known to reach elsewhere. */
  private KrylovChain(int dimension, List<double[]> apart, double[] start, double scale) {
    this.dimension = dimension;
    this.apart = apart;
    this.scale = scale;
    for (int attempt = 0; attempt < 2; attempt++) {
      orthogonalise(start);
      Vectors.divide(start, Vectors.norm(start));
    }
    basis.add(start);
  }

  /** A chain from a random start. */
  static KrylovChain random(int dimension, Seed seed) {
    return new KrylovChain(dimension, List.of(), Vectors.gaussian(dimension, seed), 0);
  }

  /** A chain from a random start in the complement of orthonormal vectors. */
  static KrylovChain apart(List<double[]> others, double scale, Seed seed) {
    int dimension = others.get(0).length;
    return new KrylovChain(
        dimension, List.copyOf(others), Vectors.gaussian(dimension, seed), scale);
  }

  /** A chain from a vector, which it takes over. */
  static KrylovChain from(double[] start, double scale) {
    return new KrylovChain(start.length, List.of(), start, scale);
  }

  /** The vector whose product is wanted next. */
  double[] next() {
    return basis.get(products);
  }

  int dimension() {
    return dimension;
  }

  int products() {
    return products;
  }

  /** How many vectors it holds. */
  int size() {
    return basis.size();
  }

  List<double[]> basis(int count) {
    return List.copyOf(basis.subList(0, count));
  }

  /** ‖T‖, or the scale it was given if that is larger. */
  double norm() {
    return Math.max(scale, norm);
  }

  double alpha(int i) {
    return alpha[i];
  }

  double beta(int i) {
    return beta[i];
  }

  double[] alphas() {
    return Arrays.copyOf(alpha, products);
  }

  double[] betas() {
    return Arrays.copyOf(beta, products);
  }

  /** Whether A, or P A P, maps the space into itself. */
  boolean complete() {
    return products > 0 && beta[products - 1] == 0;
  }

  /** Whether the space and what it stays apart from are everything. */
  boolean exhausted() {
    return products + apart.size() == dimension;
  }

  /** Takes the product with the next vector; false if it is not finite. */
  boolean accept(double[] product) {
    double[] rest = product.clone();
    double a = Vectors.dot(basis.get(products), rest);
    orthogonalise(rest);
    boolean last = basis.size() + apart.size() == dimension;
    double b = last ? 0 : Vectors.norm(rest);
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      return false;
    }
    if (products == alpha.length) {
      alpha = Arrays.copyOf(alpha, 2 * products);
      beta = Arrays.copyOf(beta, 2 * products);
    }
    alpha[products] = a;
    beta[products] = b;
    products++;
    norm = 0;
    for (End end : End.values()) {
      norm = Math.max(norm, Math.abs(extreme(end).value()));
    }
    if (b <= BREAKDOWN * norm()) {
      beta[products - 1] = 0;
    } else {
      Vectors.divide(rest, b);
      basis.add(rest);
    }
    return true;
  }

  /** An end of T's spectrum. */
  Tridiagonal.Pair extreme(End end) {
    return extreme(end, products);
  }

  /** An end of the spectrum of T as it was after some products. */
  Tridiagonal.Pair extreme(End end, int steps) {
    return Tridiagonal.extreme(alpha, beta, 0, steps, end == End.LARGEST);
  }

  /** ‖A Q s − θ Q s‖ = |β_k s_k|. */
  double residual(Tridiagonal.Pair pair) {
    double[] s = pair.vector();
    return Math.abs(beta[s.length - 1] * s[s.length - 1]);
  }

  /** ‖Qᵀ A x‖ of a vector x orthogonal to the first vectors Q: |β_k q_{k+1}ᵀ x|. */
  double leak(int steps, double[] x) {
    double b = beta[steps - 1];
    return b == 0 ? 0 : Math.abs(b * Vectors.dot(basis.get(steps), x));
  }

  /** The unit vector Q s. */
  double[] vector(Tridiagonal.Pair pair) {
    if (basis.size() < pair.vector().length) {
      throw new IllegalStateException("the basis of the Lanczos run was released");
    }
    double[] x = new double[dimension];
    for (int i = 0; i < pair.vector().length; i++) {
      Vectors.addMultiple(pair.vector()[i], basis.get(i), x);
    }
    Vectors.divide(x, Vectors.norm(x));
    return x;
  }

  /** The eigenvalues of T and its eigenvectors, ascending. */
  SymmetricEigen eigen() {
    int k = products;
    double[] entries = new double[k * k];
    for (int i = 0; i < k; i++) {
      entries[i * k + i] = alpha[i];
      if (i + 1 < k) {
        entries[i * k + i + 1] = beta[i];
        entries[(i + 1) * k + i] = beta[i];
      }
    }
    return SymmetricEigen.of(k, entries);
  }

  /** Keeps the first vectors alone; the chain takes no further product. */
  void release(int kept) {
    basis = basis(Math.min(kept, basis.size()));
  }

  /**
   * Classical Gram–Schmidt against all vectors, twice; by blocks of x, which stay in the cache
   * while all vectors meet them.
   */
  private void orthogonalise(double[] x) {
    int others = apart.size();
    for (int round = 0; round < 2; round++) {
      double[] coefficients = new double[others + basis.size()];
      for (int from = 0; from < x.length; from += BLOCK) {
        int to = Math.min(x.length, from + BLOCK);
        for (int i = 0; i < coefficients.length; i++) {
          double[] v = i < others ? apart.get(i) : basis.get(i - others);
          coefficients[i] += Vectors.dot(v, x, from, to);
        }
      }
      for (int from = 0; from < x.length; from += BLOCK) {
        int to = Math.min(x.length, from + BLOCK);
        for (int i = 0; i < coefficients.length; i++) {
          double[] v = i < others ? apart.get(i) : basis.get(i - others);
          Vectors.addMultiple(-coefficients[i], v, x, from, to);
        }
      }
    }
  }
}
