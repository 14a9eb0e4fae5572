package dev.flatness.symmetry;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.data.Dataset;
import dev.flatness.network.Network;

/**
 * A network and its data in another representation of the inputs: an invertible affine map is
 * applied to the data, and its inverse is folded into the first layers, so the function of the
 * original inputs is unchanged.
 *
 * <p>Formula: z = A x + b; a layer that computes W x + c gets W′ = W A⁻¹ and c′ = c − W′ b. Cost: a
 * diagonal A takes as long as to copy the first layers, a matrix of n inputs O(n²) for each of
 * their outputs. Gradients in the inputs change: ∇_z ℓ = A⁻ᵀ ∇_x ℓ.
 *
 * <p>Errors: refused, with the layer's name, where the inverse cannot be folded: something else
 * than a dense layer, a convolution or an affine layer reads the inputs; a convolution or an affine
 * layer and a map that is not the same at all positions of a channel; zero padding or a layer
 * without bias and a shift; shared parameters.
 *
 * <p>Source: Dinh et al. 2017, §5.2; docs/mathematics.md#input-representation.
 *
 * @param network the network that reads z
 * @param data the samples with the inputs z, computed whenever they are read
 * @param map x ↦ z
 */
public record InputRepresentation(Network network, Dataset data, AffineMap map) {
  /**
   * Moves a map between the data and the first layers of a network.
   *
   * @param network the network that reads x
   * @param data the samples with the inputs x
   * @param map x ↦ z, row-major entries
   * @return both in the other representation
   * @throws IllegalArgumentException if the shapes do not fit or the inverse cannot be folded
   */
  public static InputRepresentation of(Network network, Dataset data, AffineMap map) {
    if (!data.inputShape().equals(network.inputShape())) {
      throw new IllegalArgumentException(
          "inputs of "
              + data.name()
              + " have shape "
              + data.inputShape()
              + ", but the network reads "
              + network.inputShape());
    }
    return new InputRepresentation(
        InputFolding.fold(network, map), new TransformedDataset(data, map), map);
  }

  /**
   * Returns the map to mean 0 and standard deviation 1 of every input entry.
   *
   * <p>Formula: z_i = (x_i − μ_i)/σ_i, population moments; an entry that is constant is only
   * shifted. Cost: two passes over the data.
   *
   * @param data the samples
   * @return the map
   */
  public static AffineMap standardization(Dataset data) {
    return standardization(data, data.inputShape().size());
  }

  /**
   * Returns the map to mean 0 and standard deviation 1 of every channel.
   *
   * <p>Formula: z_i = (x_i − μ_c)/σ_c for the entries i of channel c, the first axis. Cost: two
   * passes over the data.
   *
   * @param data the samples
   * @return the map
   */
  public static AffineMap standardizationOfChannels(Dataset data) {
    return standardization(data, data.inputShape().extent(0));
  }

  /**
   * Returns a map to mean 0 and uncorrelated entries.
   *
   * <p>Formula: z = L⁻¹(x − μ) with Σ + r v̄ I = L Lᵀ, Σ the population covariance and v̄ the mean
   * of its diagonal. With r = 0 the covariance of z is the identity. Cost: two passes over the
   * data, O(samples · n²), and O(n³).
   *
   * @param data the samples
   * @param ridge r, at least 0; 0 needs a covariance that is not singular
   * @return the map
   * @throws IllegalArgumentException if r is negative or the matrix singular
   */
  public static AffineMap whitening(Dataset data, double ridge) {
    if (!(ridge >= 0) || Double.isInfinite(ridge)) {
      throw new IllegalArgumentException(
          "the ridge is " + ridge + ", expected a finite number of at least 0");
    }
    int n = data.inputShape().size();
    double[] means = InputMoments.means(data, n);
    double[][] matrix = InputMoments.covariance(data, means);
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += matrix[i][i] / n;
    }
    for (int i = 0; i < n; i++) {
      matrix[i][i] += ridge * mean;
    }
    int bad = InputMoments.cholesky(matrix);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the covariance of the inputs of "
              + data.name()
              + " is singular at entry "
              + bad
              + ", which depends on those before it on all samples; take a ridge above 0, for"
              + " instance 1e-3, or a standardization");
    }
    double[][] inverse = inverse(matrix);
    double[] shift = new double[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        shift[i] -= inverse[i][j] * means[j];
      }
    }
    return AffineMap.matrix(inverse, shift);
  }

  private static AffineMap standardization(Dataset data, int groups) {
    double[] means = InputMoments.means(data, groups);
    double[] variances = InputMoments.variances(data, means);
    int size = data.inputShape().size();
    double[] scale = new double[size];
    double[] shift = new double[size];
    for (int i = 0; i < size; i++) {
      int group = i / (size / groups);
      // A deviation that is rounding counts as none.
      double deviation = Math.sqrt(variances[group]);
      scale[i] = deviation > 1e-10 * Math.abs(means[group]) ? 1 / deviation : 1;
      shift[i] = -means[group] * scale[i];
    }
    return AffineMap.diagonal(scale, shift);
  }

  /** The inverse of a lower triangular matrix. */
  private static double[][] inverse(double[][] lower) {
    int n = lower.length;
    double[][] inverse = new double[n][n];
    for (int j = 0; j < n; j++) {
      inverse[j][j] = 1 / lower[j][j];
      for (int i = j + 1; i < n; i++) {
        double sum = 0;
        for (int k = j; k < i; k++) {
          sum -= lower[i][k] * inverse[k][j];
        }
        inverse[i][j] = sum / lower[i][i];
      }
    }
    return inverse;
  }

  /**
   * Returns by how much the outputs differ from those of the network before.
   *
   * <p>Formula: max |f′(z_i) − f(x_i)| / max |f(x_i)| over all samples and outputs. Cost: two plain
   * forward passes a sample.
   *
   * @param before the network that reads x
   * @param original the samples with the inputs x
   * @return a number of the size of rounding
   */
  public double functionResidual(Network before, Dataset original) {
    double[] largest = new double[2];
    InputMoments.forEach(
        original,
        x -> {
          double[] f = before.outputs(x);
          double[] moved = network.outputs(map.parametersAt(x));
          for (int k = 0; k < f.length; k++) {
            largest[0] = Math.max(largest[0], Math.abs(moved[k] - f[k]));
            largest[1] = Math.max(largest[1], Math.abs(f[k]));
          }
        });
    return largest[1] == 0 ? largest[0] : largest[0] / largest[1];
  }
}
