package dev.flatness.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Random surfaces and vectors for the properties of products. */
final class Draws {
  static final SurfaceOptions OPTIONS = SurfaceOptions.withDefaults().withGemm("plain");

  private Draws() {}

  /** One of the losses that fit the network. */
  static Loss loss(Network network, Seed seed) {
    if (seed.split("loss").generator().nextInt(3) == 0) {
      return SquaredError.summed();
    }
    return network.output().shape().size() == 1
        ? BinaryCrossEntropy.onLogits()
        : SoftmaxCrossEntropy.onLogits();
  }

  static Dataset data(Network network, Loss loss, int samples, Seed seed) {
    return loss instanceof SquaredError
        ? RandomDatasets.real(network, samples, seed.split("data"))
        : RandomDatasets.labelled(network, samples, seed.split("data"));
  }

  static NetworkSurface surface(Network network, int samples, Seed seed) {
    return surface(network, samples, seed, OPTIONS);
  }

  static NetworkSurface surface(Network network, int samples, Seed seed, SurfaceOptions options) {
    Loss loss = loss(network, seed);
    return NetworkSurface.of(network, data(network, loss, samples, seed), loss, options);
  }

  /** A vector of length 1. */
  static double[] direction(int dimension, Seed seed) {
    RandomGenerator random = seed.generator();
    double[] v = new double[dimension];
    Arrays.setAll(v, i -> random.nextGaussian());
    double norm = norm(v);
    Arrays.setAll(v, i -> v[i] / norm);
    return v;
  }

  static double[][] directions(int count, int dimension, Seed seed) {
    double[][] vectors = new double[count][];
    Arrays.setAll(vectors, i -> direction(dimension, seed.split(i)));
    return vectors;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double norm(double[] v) {
    return Math.sqrt(dot(v, v));
  }

  /** x + h v. */
  static double[] step(double[] x, double h, double[] v) {
    double[] y = new double[x.length];
    Arrays.setAll(y, i -> x[i] + h * v[i]);
    return y;
  }

  static void assertClose(double[] actual, double[] expected, double allowed) {
    assertThat(actual).containsExactly(expected, within(allowed));
  }
}
