package dev.flatness.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Symmetric operators made of others: every solver and estimator takes them as it takes a Hessian.
 *
 * <p>Cost: the products of the operators they are made of, a block staying a block; in addition
 * O(n) a vector unless stated, and as much memory as the vectors multiplied.
 */
public final class SymmetricOperators {
  /** How far vectors that are deflated may be from orthonormal. */
  private static final double ORTHONORMAL = 1e-6;

  private SymmetricOperators() {}

  /**
   * Adds operators: Σ_i A_i.
   *
   * @param first A_1
   * @param more the others, of the same dimension
   * @return the sum
   * @throws IllegalArgumentException if dimensions differ
   */
  public static SymmetricOperator sum(SymmetricOperator first, SymmetricOperator... more) {
    List<SymmetricOperator> terms = listed(first, more);
    for (SymmetricOperator term : terms) {
      requireDimension("summand", term.dimension(), first.dimension());
    }
    return new Combined(first.dimension()) {
      @Override
      void multiply(double[][] x, double[][] y) {
        first.apply(x, y);
        double[][] term = new double[x.length][dimension()];
        for (SymmetricOperator next : terms.subList(1, terms.size())) {
          next.apply(x, term);
          for (int i = 0; i < x.length; i++) {
            addMultiple(1, term[i], y[i]);
          }
        }
      }

      @Override
      public double error() {
        return terms.stream().mapToDouble(SymmetricOperator::error).sum();
      }
    };
  }

  /**
   * Scales an operator: c A.
   *
   * @param factor c
   * @param operator A
   * @return the multiple
   * @throws IllegalArgumentException if the factor is not finite
   */
  public static SymmetricOperator scaled(double factor, SymmetricOperator operator) {
    if (!Double.isFinite(factor)) {
      throw new IllegalArgumentException(
          "the factor of the operator is " + factor + ", expected a finite number");
    }
    return new Combined(operator.dimension()) {
      @Override
      void multiply(double[][] x, double[][] y) {
        operator.apply(x, y);
        for (double[] image : y) {
          for (int i = 0; i < image.length; i++) {
            image[i] *= factor;
          }
        }
      }

      @Override
      public double error() {
        return Math.abs(factor) * operator.error();
      }
    };
  }

  /**
   * Scales rows and columns: the congruence D A D with a diagonal D.
   *
   * @param diagonal the entries of D; copied
   * @param operator A
   * @return the congruent operator
   * @throws IllegalArgumentException if the lengths differ
   */
  public static SymmetricOperator congruence(double[] diagonal, SymmetricOperator operator) {
    double[] d = diagonal.clone();
    requireDimension("diagonal", d.length, operator.dimension());
    return new Combined(operator.dimension()) {
      @Override
      void multiply(double[][] x, double[][] y) {
        double[][] scaled = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
          scaled[i] = times(x[i], x[i].clone());
        }
        operator.apply(scaled, y);
        for (double[] image : y) {
          times(image, image);
        }
      }

      @Override
      public double error() {
        double largest = Arrays.stream(d).map(Math::abs).max().orElse(0);
        return largest * largest * operator.error();
      }

      private double[] times(double[] x, double[] into) {
        for (int i = 0; i < d.length; i++) {
          into[i] = d[i] * x[i];
        }
        return into;
      }
    };
  }

  /**
   * Removes directions: P A P with P = I − V Vᵀ.
   *
   * <p>For eigenvectors v_i this is A − Σ λ_i v_i v_iᵀ: their eigenvalues become 0, the others
   * stay. Cost: 4 k n in addition for k directions.
   *
   * @param operator A
   * @param vectors the orthonormal v_i, for instance found eigenvectors; copied
   * @return the deflated operator
   * @throws IllegalArgumentException if a length is not the dimension, or the vectors are not
   *     orthonormal to 1e-6
   */
  public static SymmetricOperator deflated(SymmetricOperator operator, double[]... vectors) {
    double[][] v = new double[vectors.length][];
    for (int i = 0; i < v.length; i++) {
      requireDimension("vector " + i, vectors[i].length, operator.dimension());
      v[i] = vectors[i].clone();
      for (int j = 0; j <= i; j++) {
        double product = dot(v[i], v[j]);
        if (!(Math.abs(product - (i == j ? 1 : 0)) <= ORTHONORMAL)) {
          throw new IllegalArgumentException(
              "vectors "
                  + j
                  + " and "
                  + i
                  + " have the inner product "
                  + product
                  + ", expected orthonormal ones");
        }
      }
    }
    return new Combined(operator.dimension()) {
      @Override
      void multiply(double[][] x, double[][] y) {
        double[][] projected = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
          projected[i] = project(x[i].clone());
        }
        operator.apply(projected, y);
        for (double[] image : y) {
          project(image);
        }
      }

      @Override
      public double error() {
        return operator.error();
      }

      private double[] project(double[] x) {
        for (double[] direction : v) {
          addMultiple(-dot(direction, x), direction, x);
        }
        return x;
      }
    };
  }

  /**
   * Stacks operators along the diagonal: what several layers' own Hessians are together.
   *
   * @param first the first block
   * @param more the others, of any dimensions
   * @return the operator of the sum of their dimensions
   */
  public static SymmetricOperator blockDiagonal(
      SymmetricOperator first, SymmetricOperator... more) {
    List<SymmetricOperator> blocks = listed(first, more);
    int n = 0;
    for (SymmetricOperator block : blocks) {
      n = Math.addExact(n, block.dimension());
    }
    return new Combined(n) {
      @Override
      void multiply(double[][] x, double[][] y) {
        int at = 0;
        for (SymmetricOperator block : blocks) {
          int size = block.dimension();
          double[][] part = new double[x.length][];
          for (int i = 0; i < x.length; i++) {
            part[i] = Arrays.copyOfRange(x[i], at, at + size);
          }
          double[][] image = new double[x.length][size];
          block.apply(part, image);
          for (int i = 0; i < x.length; i++) {
            System.arraycopy(image[i], 0, y[i], at, size);
          }
          at += size;
        }
      }

      @Override
      public double error() {
        return blocks.stream().mapToDouble(SymmetricOperator::error).max().orElse(0);
      }
    };
  }

  /** An operator of this class: sizes are checked before it multiplies. */
  private abstract static class Combined implements SymmetricOperator {
    private final int dimension;

    Combined(int dimension) {
      this.dimension = dimension;
    }

    abstract void multiply(double[][] x, double[][] y);

    @Override
    public final int dimension() {
      return dimension;
    }

    @Override
    public final void apply(double[][] vectors, double[][] products) {
      requireFit(dimension, vectors, products);
      multiply(vectors, products);
    }
  }

  private static List<SymmetricOperator> listed(
      SymmetricOperator first, SymmetricOperator... more) {
    List<SymmetricOperator> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all;
  }

  private static void requireDimension(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(what + " has " + found + " entries, expected " + expected);
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

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static void addMultiple(double factor, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }
}
