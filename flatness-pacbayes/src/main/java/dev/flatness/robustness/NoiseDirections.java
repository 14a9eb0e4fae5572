package dev.flatness.robustness;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.random.Seed;
import org.jspecify.annotations.Nullable;

/**
 * W ξ for noise ξ of its own on every sample of a dense layer: in a uniform direction at the radius
 * of a kernel's law times ‖φ‖, or Gaussian of standard deviation ‖φ‖/√m in every coordinate.
 */
final class NoiseDirections implements Directions {
  private final LayerWeight weight;
  private final Seed seed;
  private final @Nullable RadialLaw law;

  NoiseDirections(LayerWeight weight, Seed seed, @Nullable RadialLaw law) {
    this.weight = weight;
    this.seed = seed;
    this.law = law;
  }

  @Override
  public int block() {
    return 512;
  }

  @Override
  public void prepare(int first, int count, Workers workers) {
    // Drawn sample by sample.
  }

  @Override
  public double[] of(ChangePass.Chunk chunk, int draw) {
    int m = weight.columns();
    int count = chunk.count();
    double[] inputs = chunk.inputs();
    double[] noise = new double[m * count];
    for (int i = 0; i < count; i++) {
      Seed own = seed.split(draw).split(chunk.first() + i);
      double[] xi = Vectors.gaussian(m, own.split("direction"));
      double norm = 0;
      for (int t = 0; t < m; t++) {
        norm = Math.hypot(norm, inputs[t * count + i]);
      }
      double scale =
          law == null
              ? norm / Math.sqrt(m)
              : norm * law.draw(own.split("radius").generator()) / Vectors.norm(xi);
      for (int t = 0; t < m; t++) {
        noise[t * count + i] = scale * xi[t];
      }
    }
    return chunk.product(weight.values(), noise);
  }
}
