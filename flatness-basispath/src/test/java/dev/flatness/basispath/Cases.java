package dev.flatness.basispath;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.SequentialBuilder;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Small subjects to measure, and estimates by name. */
final class Cases {
  static final Seed SEED = Seed.of(11);

  private Cases() {}

  /**
   * A surface over random samples, 12 unless said otherwise, under the loss that the seed chooses.
   */
  static NetworkSurface surface(Network network, Seed seed) {
    return surface(network, seed, 12);
  }

  static NetworkSurface surface(Network network, Seed seed, int samples) {
    boolean real = network.output().shape().size() == 1 || (seed.split("loss").value() & 1) == 0;
    Loss loss = real ? SquaredError.summed() : SoftmaxCrossEntropy.onLogits();
    Dataset data =
        real
            ? RandomDatasets.real(network, samples, seed.split("data"))
            : RandomDatasets.labelled(network, samples, seed.split("data"));
    return surface(network, data, loss);
  }

  static NetworkSurface surface(Network network, Dataset data, Loss loss) {
    return NetworkSurface.of(
        network, data, loss, SurfaceOptions.withDefaults().withThreads(1).withGemm("plain"));
  }

  static Subject subject(NetworkSurface surface, SkeletonRule rule) {
    return Subject.of(
        surface,
        Settings.withDefaults().with(PsiMeasures.SKELETON, rule),
        Monitor.NONE,
        Seed.of(0));
  }

  static List<Measure> all() {
    return new PsiMeasures().measures();
  }

  /** The estimates of all measures that are defined, by id. */
  static Map<String, Estimate> measure(Subject subject) {
    Map<String, Estimate> estimates = new LinkedHashMap<>();
    for (Measure measure : all()) {
      if (measure.inapplicable(subject).isEmpty()) {
        measure.evaluate(subject.withSeed(SEED)).forEach(e -> estimates.put(e.id(), e));
      }
    }
    return estimates;
  }

  /**
   * A chain of dense ReLU layers of some widths with weights that are no multiples of each other.
   */
  static Network mlp(boolean biases, Seed seed, int... widths) {
    RandomGenerator random = seed.generator();
    SequentialBuilder builder = Network.sequential(widths[0]);
    for (int l = 1; l < widths.length; l++) {
      Tensor weight = tensor(random, widths[l], widths[l - 1]);
      builder.dense("l" + l, weight, biases ? tensor(random, widths[l]) : null);
      if (l + 1 < widths.length) {
        builder.activate(Activation.RELU);
      }
    }
    return builder.build();
  }

  private static Tensor tensor(RandomGenerator random, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double scale = 1 / Math.sqrt(Math.max(1, size / shape[0]));
    return Tensor.of(
        random.doubles(size).map(u -> (u < 0.5 ? -0.3 - u : u) * 2 * scale).toArray(), shape);
  }

  /** The outputs for random inputs, one after the other. */
  static double[] outputs(Network network, Seed seed) {
    NetworkSurface surface =
        surface(network, RandomDatasets.real(network, 12, seed), SquaredError.summed());
    return surface.outputs(network.parameterVector(), 0, 12);
  }

  static double largest(double[] a) {
    return Arrays.stream(a).map(Math::abs).max().orElse(0);
  }
}
