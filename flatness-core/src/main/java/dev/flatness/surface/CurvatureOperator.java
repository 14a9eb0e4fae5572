package dev.flatness.surface;

import dev.flatness.internal.engine.Engine;
import dev.flatness.linalg.SymmetricOperator;
import java.util.function.Supplier;

/** A curvature matrix of a network at a point, restricted to a parameter set. */
final class CurvatureOperator implements SymmetricOperator {
  private final Supplier<Engine> engine;
  private final Curvature kind;
  private final double[] theta;
  private final boolean[] active;
  private final ParameterSet parameters;
  private final boolean whole;
  private double[][] embedded = new double[0][];
  private double[][] results = new double[0][];

  CurvatureOperator(
      Supplier<Engine> engine,
      Curvature kind,
      double[] theta,
      boolean[] active,
      ParameterSet parameters) {
    this.engine = engine;
    this.kind = kind;
    this.theta = theta;
    this.active = active;
    this.parameters = parameters;
    this.whole = parameters.size() == theta.length;
  }

  @Override
  public int dimension() {
    return parameters.size();
  }

  @Override
  public void apply(double[][] vectors, double[][] products) {
    requireFit(dimension(), vectors, products);
    if (vectors.length == 0) {
      return;
    }
    if (whole) {
      engine.get().products(kind, theta, active, vectors, products);
      return;
    }
    if (embedded.length != vectors.length) {
      embedded = new double[vectors.length][theta.length];
      results = new double[vectors.length][theta.length];
    }
    for (int i = 0; i < vectors.length; i++) {
      parameters.embed(vectors[i], embedded[i]);
    }
    engine.get().products(kind, theta, active, embedded, results);
    for (int i = 0; i < vectors.length; i++) {
      parameters.restrict(results[i], products[i]);
    }
  }

  /** Refuses a block whose sizes are not those of the operator. */
  static void requireFit(int dimension, double[][] vectors, double[][] products) {
    if (products.length != vectors.length) {
      throw new IllegalArgumentException(
          vectors.length + " vectors need as many products, but there are " + products.length);
    }
    for (int i = 0; i < vectors.length; i++) {
      if (vectors[i].length != dimension || products[i].length != dimension) {
        throw new IllegalArgumentException(
            "vector "
                + i
                + " has "
                + vectors[i].length
                + " entries and its product "
                + products[i].length
                + ", expected "
                + dimension);
      }
    }
  }
}
