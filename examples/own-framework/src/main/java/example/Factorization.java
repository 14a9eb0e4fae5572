package example;

/**
 * The framework: a matrix M as a product of two factors, ½ ‖A Bᵀ − M‖² over all entries.
 *
 * <p>Parameters: A and B row by row, A first.
 */
final class Factorization {
  private final double[][] matrix;
  private final int rank;

  Factorization(double[][] matrix, int rank) {
    this.matrix = matrix;
    this.rank = rank;
  }

  int parameters() {
    return (matrix.length + matrix[0].length) * rank;
  }

  /** The loss; the gradient is written into the second array. */
  double gradient(double[] theta, double[] gradient) {
    java.util.Arrays.fill(gradient, 0);
    double loss = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        double error = dot(theta, row(i), theta, column(j)) - matrix[i][j];
        loss += error * error / 2;
        add(error, theta, column(j), gradient, row(i));
        add(error, theta, row(i), gradient, column(j));
      }
    }
    return loss;
  }

  /** The Hessian times v: what the gradient above changes by along v. */
  double[] product(double[] theta, double[] v) {
    double[] product = new double[theta.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        int a = row(i);
        int b = column(j);
        double error = dot(theta, a, theta, b) - matrix[i][j];
        double change = dot(v, a, theta, b) + dot(theta, a, v, b);
        add(change, theta, b, product, a);
        add(error, v, b, product, a);
        add(change, theta, a, product, b);
        add(error, v, a, product, b);
      }
    }
    return product;
  }

  private int row(int i) {
    return i * rank;
  }

  private int column(int j) {
    return (matrix.length + j) * rank;
  }

  private double dot(double[] x, int atX, double[] y, int atY) {
    double sum = 0;
    for (int k = 0; k < rank; k++) {
      sum += x[atX + k] * y[atY + k];
    }
    return sum;
  }

  private void add(double factor, double[] x, int atX, double[] y, int atY) {
    for (int k = 0; k < rank; k++) {
      y[atY + k] += factor * x[atX + k];
    }
  }
}
