package dev.flatness.coordinates;

import dev.flatness.symmetry.Rescaling;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An invertible affine map x ↦ A x + b: a change of variables θ = A η + b, or a preprocessing of
 * inputs.
 *
 * <p>Formula: J = A, no second derivative. A is a matrix or a diagonal. Shapes: as many coordinates
 * as parameters, n. Cost: O(n) for a diagonal, O(n²) for a matrix after O(n³) when it is made.
 * Errors: a matrix that is singular to working precision is refused. Source: Dinh et al. 2017, §5.
 * Immutable.
 */
public final class AffineMap implements Coordinates {
  private final double[] shift;
  private final double @Nullable [] diagonal;
  private final @Nullable InvertibleMatrix matrix;

  private AffineMap(
      double[] shift, double @Nullable [] diagonal, @Nullable InvertibleMatrix matrix) {
    this.shift = shift;
    this.diagonal = diagonal;
    this.matrix = matrix;
  }

  /**
   * Returns the map that changes nothing: the parameters as coordinates of themselves.
   *
   * @param dimension n
   * @return x ↦ x
   * @throws IllegalArgumentException if the dimension is less than 1
   */
  public static AffineMap identity(int dimension) {
    double[] ones = new double[Math.max(0, dimension)];
    Arrays.fill(ones, 1);
    return diagonal(ones, new double[ones.length]);
  }

  /**
   * Makes a map of every entry by itself.
   *
   * @param scale the diagonal of A, finite and not 0; copied
   * @param shift b; copied
   * @return x ↦ scale ∘ x + b
   * @throws IllegalArgumentException if the lengths differ, an entry is not finite or a scale is 0
   */
  public static AffineMap diagonal(double[] scale, double[] shift) {
    requireFit(scale.length, shift);
    for (int i = 0; i < scale.length; i++) {
      if (scale[i] == 0 || !Double.isFinite(scale[i]) || !Double.isFinite(1 / scale[i])) {
        throw new IllegalArgumentException(
            "scale "
                + i
                + " is "
                + scale[i]
                + ", expected a finite number other than 0 whose inverse is finite");
      }
    }
    return new AffineMap(shift.clone(), scale.clone(), null);
  }

  /**
   * Makes a map of a matrix.
   *
   * @param rows the rows of A, as many as they have entries; copied
   * @param shift b; copied
   * @return x ↦ A x + b
   * @throws IllegalArgumentException if the lengths differ, an entry is not finite or the matrix is
   *     singular to working precision
   */
  public static AffineMap matrix(double[][] rows, double[] shift) {
    requireFit(rows.length, shift);
    return new AffineMap(shift.clone(), null, InvertibleMatrix.of(rows));
  }

  /**
   * Returns the parameters of a rescaled network as coordinates.
   *
   * <p>Formula: η = T θ with the rescaling T, θ = T⁻¹ η: a number in these coordinates is that of
   * the rescaled network.
   *
   * @param rescaling T
   * @return η ↦ T⁻¹ η
   * @throws IllegalArgumentException if a ratio of factors leaves the range of doubles
   */
  public static AffineMap rescaled(Rescaling rescaling) {
    double[] ratios = rescaling.ratios();
    double[] inverse = new double[ratios.length];
    Arrays.setAll(inverse, i -> 1 / ratios[i]);
    return diagonal(inverse, new double[inverse.length]);
  }

  private static void requireFit(int length, double[] shift) {
    if (length < 1 || shift.length != length) {
      throw new IllegalArgumentException(
          "the linear part has "
              + length
              + " rows and the shift "
              + shift.length
              + " entries, expected the same number, at least 1");
    }
    Lengths.requireFinite(shift, "shift");
  }

  /**
   * Tells whether the map changes nothing.
   *
   * @return whether A is the identity, as a diagonal, and b is 0
   */
  public boolean isIdentity() {
    return diagonal != null
        && Arrays.stream(diagonal).allMatch(scale -> scale == 1)
        && Arrays.stream(shift).allMatch(entry -> entry == 0);
  }

  /**
   * Returns the diagonal of A.
   *
   * @return a copy; empty if A is a matrix
   */
  public java.util.Optional<double[]> diagonal() {
    return java.util.Optional.ofNullable(diagonal).map(double[]::clone);
  }

  /**
   * Returns b.
   *
   * @return a copy
   */
  public double[] shift() {
    return shift.clone();
  }

  /**
   * Maps a covector by the inverse of the transposed matrix.
   *
   * @param covector γ
   * @return A⁻ᵀ γ: (A⁻ᵀγ)·(A x) = γ·x
   * @throws IllegalArgumentException if it has another length
   */
  public double[] covector(double[] covector) {
    Lengths.require(covector.length, shift.length, "entries");
    if (matrix != null) {
      return matrix.solveTransposed(covector);
    }
    double[] result = covector.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] /= scale(i);
    }
    return result;
  }

  /**
   * Returns ln |det A|, the logarithm of the volume of a unit cube's image.
   *
   * @return the logarithm of the Jacobian determinant
   */
  public double logDeterminant() {
    if (matrix != null) {
      return matrix.logDeterminant();
    }
    double sum = 0;
    for (int i = 0; i < shift.length; i++) {
      sum += Math.log(Math.abs(scale(i)));
    }
    return sum;
  }

  @Override
  public int dimension() {
    return shift.length;
  }

  @Override
  public int parameters() {
    return shift.length;
  }

  @Override
  public boolean contains(double[] eta) {
    Lengths.require(eta.length, shift.length, "coordinates");
    return Lengths.finite(eta);
  }

  @Override
  public double[] parametersAt(double[] eta) {
    Lengths.require(eta.length, shift.length, "coordinates");
    double[] theta = linear(Lengths.requireFinite(eta, "coordinate"));
    for (int i = 0; i < theta.length; i++) {
      theta[i] += shift[i];
    }
    return theta;
  }

  @Override
  public double[] coordinatesOf(double[] theta) {
    Lengths.require(theta.length, shift.length, "parameters");
    double[] eta = Lengths.requireFinite(theta, "parameter").clone();
    for (int i = 0; i < eta.length; i++) {
      eta[i] -= shift[i];
    }
    if (matrix != null) {
      return matrix.solve(eta);
    }
    for (int i = 0; i < eta.length; i++) {
      eta[i] /= scale(i);
    }
    return eta;
  }

  @Override
  public Derivative derivativeAt(double[] eta) {
    Lengths.require(eta.length, shift.length, "coordinates");
    return new Derivative() {
      @Override
      public void push(double[] direction, double[] result) {
        System.arraycopy(linear(direction), 0, result, 0, result.length);
      }

      @Override
      public void pull(double[] covector, double[] result) {
        double[] pulled = matrix == null ? linear(covector) : matrix.multiplyTransposed(covector);
        System.arraycopy(pulled, 0, result, 0, result.length);
      }

      @Override
      public void addSecond(double[] covector, double[] direction, double[] result) {
        // An affine map has no curvature.
      }
    };
  }

  private double[] linear(double[] x) {
    if (matrix != null) {
      return matrix.multiply(x);
    }
    double[] result = x.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= scale(i);
    }
    return result;
  }

  private double scale(int i) {
    return diagonal == null ? 1 : diagonal[i];
  }
}
