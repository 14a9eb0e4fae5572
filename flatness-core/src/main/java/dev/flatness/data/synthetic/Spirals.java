package dev.flatness.data.synthetic;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import java.util.random.RandomGenerator;

/**
 * Classification of points on the two arms of a spiral in the plane.
 *
 * <p>Formula: x = r·(cos φ, sin φ) + σz with φ = 2π·turns·r + πc for class c, r = √u, u uniform on
 * (0, 1], z ~ N(0, I). Sample i has class i mod 2.
 *
 * <p>Shapes: inputs {@code [samples, 2]}. Units: the outermost radius is 1. Cost: linear in
 * samples, held in memory. Immutable; the seed is passed at generation.
 *
 * <p>Defaults (ours): 1.5 turns, noise σ = 0.02.
 */
public final class Spirals {
  private final double turns;
  private final double noise;

  private Spirals(double turns, double noise) {
    this.turns = turns;
    this.noise = noise;
  }

  /**
   * Returns the defaults above.
   *
   * @return two arms of one and a half turns
   */
  public static Spirals withDefaults() {
    return new Spirals(1.5, 0.02);
  }

  /**
   * Sets how often an arm goes round.
   *
   * @param count at least 0
   * @return a copy with that number
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Spirals withTurns(double count) {
    return new Spirals(Checks.notNegative("turns", count), noise);
  }

  /**
   * Sets the standard deviation of the noise.
   *
   * @param deviation σ, at least 0
   * @return a copy with that noise
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Spirals withNoise(double deviation) {
    return new Spirals(turns, Checks.notNegative("noise", deviation));
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
    double[] inputs = new double[Checks.entries(samples, 2)];
    int[] labels = new int[samples];
    RandomGenerator radii = seed.split("radii").generator();
    Normals normals = new Normals(seed.split("noise"));
    for (int sample = 0; sample < samples; sample++) {
      labels[sample] = sample % 2;
      double r = Math.sqrt(1 - radii.nextDouble());
      double angle = 2 * Math.PI * turns * r + Math.PI * labels[sample];
      inputs[2 * sample] = r * StrictMath.cos(angle) + noise * normals.next();
      inputs[2 * sample + 1] = r * StrictMath.sin(angle) + noise * normals.next();
    }
    return Datasets.of("spirals", Tensor.of(inputs, samples, 2), labels);
  }
}
