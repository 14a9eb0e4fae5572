package dev.flatness.linalg;

import java.util.Objects;
import java.util.function.UnaryOperator;

/** An operator that is one function of one vector. */
final class FunctionOperator implements SymmetricOperator {
  private final int dimension;
  private final UnaryOperator<double[]> product;

  FunctionOperator(int dimension, UnaryOperator<double[]> product) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "the dimension of the operator is " + dimension + ", expected at least 1");
    }
    this.dimension = dimension;
    this.product = Objects.requireNonNull(product, "product");
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public void apply(double[][] vectors, double[][] products) {
    SymmetricOperators.requireFit(dimension, vectors, products);
    for (int i = 0; i < vectors.length; i++) {
      double[] image = product.apply(vectors[i]);
      if (image.length != dimension) {
        throw new IllegalArgumentException(
            "the product returns "
                + image.length
                + " entries for a vector of "
                + dimension
                + ", expected as many");
      }
      System.arraycopy(image, 0, products[i], 0, dimension);
    }
  }
}
