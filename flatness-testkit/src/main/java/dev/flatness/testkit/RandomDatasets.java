package dev.flatness.testkit;

import dev.flatness.data.Dataset;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Shape;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Random small datasets that fit a network, for property tests.
 *
 * <p>Units: inputs are standard Gaussian; labels uniform over the network's outputs (over 0 and 1
 * for a single output); real targets standard Gaussian. The same seed gives the same data.
 */
public final class RandomDatasets {
  private RandomDatasets() {}

  /**
   * Draws inputs with labels.
   *
   * @param network the network that the data fit
   * @param samples how many
   * @param seed the randomness
   * @return the data
   */
  public static Dataset labelled(Network network, int samples, Seed seed) {
    RandomGenerator generator = seed.generator();
    double[] inputs = gaussian(generator, samples * network.inputShape().size());
    int classes = Math.max(2, network.output().shape().size());
    double[] labels = new double[samples];
    Arrays.setAll(labels, i -> generator.nextInt(classes));
    return new Samples(network.inputShape(), Dataset.TargetKind.LABELS, 1, inputs, labels);
  }

  /**
   * Draws inputs with a real vector for every output.
   *
   * @param network the network that the data fit
   * @param samples how many
   * @param seed the randomness
   * @return the data
   */
  public static Dataset real(Network network, int samples, Seed seed) {
    RandomGenerator generator = seed.generator();
    double[] inputs = gaussian(generator, samples * network.inputShape().size());
    int outputs = network.output().shape().size();
    double[] targets = gaussian(generator, samples * outputs);
    return new Samples(network.inputShape(), Dataset.TargetKind.REAL, outputs, inputs, targets);
  }

  /**
   * Draws one input of a network.
   *
   * @param network the network that the input fits
   * @param seed the randomness
   * @return the entries, row-major
   */
  public static double[] input(Network network, Seed seed) {
    return gaussian(seed.generator(), network.inputShape().size());
  }

  static double[] gaussian(RandomGenerator generator, int count) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> generator.nextGaussian());
    return values;
  }

  private record Samples(
      Shape inputShape, TargetKind targetKind, int targetSize, double[] inputs, double[] targets)
      implements Dataset {
    @Override
    public int size() {
      return targets.length / targetSize;
    }

    @Override
    public void read(int first, int count, double[] inputs, double[] targets) {
      Objects.checkFromIndexSize(first, count, size());
      int width = inputShape.size();
      System.arraycopy(this.inputs, first * width, inputs, 0, count * width);
      System.arraycopy(this.targets, first * targetSize, targets, 0, count * targetSize);
    }

    @Override
    public String name() {
      return "random samples";
    }

    @Override
    public String toString() {
      return "random samples [" + size() + ", input " + inputShape + ", " + targetKind + "]";
    }
  }
}
