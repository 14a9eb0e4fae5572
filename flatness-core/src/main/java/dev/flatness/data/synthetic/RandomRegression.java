package dev.flatness.data.synthetic;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;

/**
 * Regression on a random linear map with noise.
 *
 * <p>Formula: y = Ax/√d + σz with x, z and the entries of A standard normal.
 *
 * <p>Shapes: inputs {@code [samples, d]}, targets {@code [samples, outputs]}. Units: without noise
 * a target has mean square 1. Cost: linear in samples · d · outputs, held in memory. Immutable; the
 * seed is passed at generation.
 *
 * <p>Defaults (ours): d = 5, one output, noise σ = 0.1.
 */
public final class RandomRegression {
  private final int dimension;
  private final int outputs;
  private final double noise;

  private RandomRegression(int dimension, int outputs, double noise) {
    this.dimension = dimension;
    this.outputs = outputs;
    this.noise = noise;
  }

  /**
   * Returns the defaults above.
   *
   * @return five inputs, one output
   */
  public static RandomRegression withDefaults() {
    return new RandomRegression(5, 1, 0.1);
  }

  /**
   * Sets the dimension d of the inputs.
   *
   * @param count at least 1
   * @return a copy with that dimension
   * @throws IllegalArgumentException if it is less
   */
  public RandomRegression withDimension(int count) {
    return new RandomRegression(Checks.atLeast(1, "dimension", count), outputs, noise);
  }

  /**
   * Sets the number of targets of a sample.
   *
   * @param count at least 1
   * @return a copy with that number
   * @throws IllegalArgumentException if it is less
   */
  public RandomRegression withOutputs(int count) {
    return new RandomRegression(dimension, Checks.atLeast(1, "outputs", count), noise);
  }

  /**
   * Sets the standard deviation of the noise.
   *
   * @param deviation σ, at least 0
   * @return a copy with that noise
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public RandomRegression withNoise(double deviation) {
    return new RandomRegression(dimension, outputs, Checks.notNegative("noise", deviation));
  }

  /**
   * Draws samples; fewer of the same seed are the first of more.
   *
   * @param samples how many, at least 1
   * @param seed the randomness
   * @return the dataset, in memory
   * @throws IllegalArgumentException if there is no sample or too many for one array
   */
  public Dataset generate(int samples, Seed seed) {
    int entries = Checks.entries(samples, dimension);
    double[] targets = new double[Checks.entries(samples, outputs)];
    double[] map = new Normals(seed.split("map")).next(Checks.entries(outputs, dimension));
    double[] inputs = new Normals(seed.split("inputs")).next(entries);
    Normals normals = new Normals(seed.split("noise"));
    for (int sample = 0; sample < samples; sample++) {
      for (int output = 0; output < outputs; output++) {
        double sum = 0;
        for (int i = 0; i < dimension; i++) {
          sum += map[output * dimension + i] * inputs[sample * dimension + i];
        }
        targets[sample * outputs + output] = sum / Math.sqrt(dimension) + noise * normals.next();
      }
    }
    return Datasets.of(
        "random regression",
        Tensor.of(inputs, samples, dimension),
        Tensor.of(targets, samples, outputs));
  }
}
