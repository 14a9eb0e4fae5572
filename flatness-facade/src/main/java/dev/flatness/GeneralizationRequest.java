package dev.flatness;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.data.Dataset;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.robustness.FeatureRobustness;
import dev.flatness.robustness.RateConstants;
import dev.flatness.robustness.Representative;
import dev.flatness.robustness.Representativeness;
import dev.flatness.robustness.Robustness;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for what ties the flatness of one layer to generalization: feature robustness, its
 * worst case, representativeness and the generalization approximation.
 *
 * <p>Defaults: the last weight layer, δ = 0.001, 0.01 and 0.1, 200 draws, 10 splits, kernels of
 * width 1, seed 0. Cost: that of {@link FeatureRobustness} and {@link Representativeness}; a
 * convolution has no representativeness. Immutable.
 */
public final class GeneralizationRequest {
  private static final int STARTS = 3;
  private static final int STEPS = 10;

  private final Network network;
  private final Supplier<NetworkSurface> surface;
  private @Nullable String layer;
  private double[] deltas = {1e-3, 1e-2, 1e-1};
  private int draws = 200;
  private int splits = 10;
  private double width = 1;
  private double @Nullable [] @Nullable [] matrix;
  private @Nullable Double noise;
  private @Nullable RateConstants constants;
  private @Nullable Dataset test;
  private Settings settings = Settings.withDefaults();
  private Monitor monitor = Monitor.NONE;
  private Seed seed = Seed.of(0);

  private GeneralizationRequest(Network network, Supplier<NetworkSurface> surface) {
    this.network = network;
    this.surface = surface;
  }

  static GeneralizationRequest of(
      Network network, Supplier<NetworkSurface> surface, @Nullable String layer) {
    GeneralizationRequest request = new GeneralizationRequest(network, surface);
    request.layer = layer;
    request.node();
    return request;
  }

  private GeneralizationRequest changed(Consumer<GeneralizationRequest> change) {
    GeneralizationRequest copy = new GeneralizationRequest(network, surface);
    copy.layer = layer;
    copy.deltas = deltas;
    copy.draws = draws;
    copy.splits = splits;
    copy.width = width;
    copy.matrix = matrix;
    copy.noise = noise;
    copy.constants = constants;
    copy.test = test;
    copy.settings = settings;
    copy.monitor = monitor;
    copy.seed = seed;
    change.accept(copy);
    return copy;
  }

  /**
   * Changes the δ.
   *
   * @param values different positive numbers
   * @return the changed request
   * @throws IllegalArgumentException if there is none, or one is not positive
   */
  public GeneralizationRequest delta(double... values) {
    FeatureRobustness.withDefaults().withDeltas(values);
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return changed(copy -> copy.deltas = sorted);
  }

  /**
   * Changes the number of draws, of matrices and of noise.
   *
   * @param count at least 2
   * @return the changed request
   * @throws IllegalArgumentException if it is smaller
   */
  public GeneralizationRequest draws(int count) {
    FeatureRobustness.withDefaults().withDraws(count);
    return changed(copy -> copy.draws = count);
  }

  /**
   * Changes the number of random halves.
   *
   * @param count at least 2
   * @return the changed request
   * @throws IllegalArgumentException if it is smaller, or the layer is a convolution
   */
  public GeneralizationRequest splits(int count) {
    Representativeness.withDefaults().withSplits(count);
    requireDense("a number of splits (--splits)");
    return changed(copy -> copy.splits = count);
  }

  /**
   * Changes the kernel.
   *
   * @param s the standard deviation of the Gaussian over the radius it is cut at, positive
   * @return the changed request
   * @throws IllegalArgumentException if it is not positive, or the layer is a convolution
   */
  public GeneralizationRequest kernelWidth(double s) {
    Representativeness.withDefaults().withKernelWidth(s);
    requireDense("the width of a kernel (--kernel-width)");
    return changed(copy -> copy.width = s);
  }

  /**
   * Adds the feature robustness under one given A.
   *
   * @param a m×m, m the inputs of the layer or the channels of a group times the taps
   * @return the changed request
   */
  public GeneralizationRequest matrix(double[][] a) {
    double[][] copied = Arrays.stream(a).map(double[]::clone).toArray(double[][]::new);
    return changed(copy -> copy.matrix = copied);
  }

  /**
   * Adds noise injection into the features of a dense layer.
   *
   * @param deviation S: every feature gets Gaussian noise of standard deviation S‖φ‖/√m
   * @return the changed request
   * @throws IllegalArgumentException if it is not positive, or the layer is a convolution
   */
  public GeneralizationRequest noise(double deviation) {
    FeatureRobustness.withDefaults().withDeltas(deviation);
    requireDense("noise injection (--noise)");
    return changed(copy -> copy.noise = deviation);
  }

  /**
   * Asks for the rate of Theorem 6.
   *
   * @param values the constants that the theorem leaves open
   * @return the changed request
   * @throws IllegalArgumentException if the layer is a convolution
   */
  public GeneralizationRequest constants(RateConstants values) {
    requireDense("the rate of Theorem 6 (--constants)");
    return changed(copy -> copy.constants = values);
  }

  /**
   * Names test data, on which the gap is measured.
   *
   * @param data of the same shapes as the data
   * @return the changed request
   * @throws IllegalArgumentException if the layer is a convolution
   */
  public GeneralizationRequest test(Dataset data) {
    requireDense("the decomposition of the gap (--test-data)");
    return changed(copy -> copy.test = Objects.requireNonNull(data, "data"));
  }

  /**
   * Changes one setting.
   *
   * @param setting for instance {@code Settings.TIME_LIMIT}
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> GeneralizationRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Changes the settings.
   *
   * @param values limits; the layer is named by the request
   * @return the changed request
   */
  public GeneralizationRequest with(Settings values) {
    return changed(copy -> copy.settings = values);
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public GeneralizationRequest monitor(Monitor who) {
    return changed(copy -> copy.monitor = Objects.requireNonNull(who, "who"));
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public GeneralizationRequest seed(long value) {
    return changed(copy -> copy.seed = Seed.of(value));
  }

  /**
   * Tells what passes over the samples it will take, before any work.
   *
   * @return the parts; a pass from the layer on counts as its share of a pass of the whole network
   */
  public List<Work> work() {
    double share = share();
    double passes = 2.0 * draws * deltas.length * share;
    double noisy = noise == null ? 0 : 2.0 * draws * share;
    return List.of(
        new Work("feature robustness", Pass.VALUE, passes + noisy),
        new Work("representativeness", Pass.VALUE, convolution() ? 0 : passes),
        new Work("worst case", Pass.GRADIENT, (double) deltas.length * STARTS * STEPS));
  }

  /** The multiplications from the layer on, of all. */
  private double share() {
    double all = 0;
    double following = 0;
    for (Node each : network.weightLayers()) {
      double products = (double) network.weight(each).size() * each.shape().positions();
      all += products;
      following += each.index() >= node().index() ? products : 0;
    }
    return following / all;
  }

  private Node node() {
    List<Node> layers = network.weightLayers();
    if (layers.isEmpty()) {
      throw new IllegalArgumentException(
          "the network has no dense or convolutional layer, whose features could be changed");
    }
    return layers.stream()
        .filter(each -> each.name().equals(layer))
        .findFirst()
        .orElseGet(
            () -> {
              if (layer != null) {
                throw new IllegalArgumentException(
                    "layer \""
                        + layer
                        + "\" does not exist or has no weight matrix, expected one of "
                        + layers.stream().map(Node::name).toList());
              }
              return layers.get(layers.size() - 1);
            });
  }

  private boolean convolution() {
    return node().layer() instanceof Layer.Convolution;
  }

  private void requireDense(String what) {
    if (convolution()) {
      throw new IllegalArgumentException(
          what + " is given, but layer " + withoutKernels() + "; name a dense layer");
    }
  }

  private String withoutKernels() {
    return "\""
        + node().name()
        + "\" is a convolution: noise on the features it reads is no change of its patches, so it"
        + " has no representativeness";
  }

  /**
   * Computes the numbers.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data, loss and settings do not fit, or the loss is
   *     not finite
   */
  public GeneralizationReport report() {
    Subject subject = Subject.of(surface.get(), settings, monitor, seed);
    Evaluation evaluation = Flatness.finite(subject);
    Node on = subject.network().weightLayers().get(network.weightLayers().indexOf(node()));
    FeatureRobustness features =
        FeatureRobustness.withDefaults().withDeltas(deltas).withDraws(draws);
    List<Robustness> robustness = new ArrayList<>(features.haar(subject, on));
    if (matrix != null) {
      robustness.addAll(features.given(subject, on, matrix));
    }
    if (noise != null) {
      robustness.addAll(features.withDeltas(noise).noise(subject, on));
    }
    List<Representative> representative = List.of();
    Optional<String> without =
        convolution() ? Optional.of("layer " + withoutKernels()) : Optional.empty();
    boolean complete = true;
    try {
      robustness.addAll(features.worstCase(subject, on, STARTS, STEPS));
      if (!convolution()) {
        representative = representativeness().of(subject, on);
      }
    } catch (PassStoppedException late) {
      complete = false;
      without = Optional.of(subject.monitor().whyStopped() + " before all numbers were known");
    }
    return new GeneralizationReport(
        subject.surface(),
        evaluation,
        on.name(),
        robustness,
        representative,
        without,
        complete,
        recorded(subject, on));
  }

  private Representativeness representativeness() {
    Representativeness kernels =
        Representativeness.withDefaults()
            .withDeltas(deltas)
            .withDraws(draws)
            .withSplits(splits)
            .withKernelWidth(width);
    kernels = constants == null ? kernels : kernels.withConstants(constants);
    return test == null ? kernels : kernels.withTest(test);
  }

  private Map<String, Object> recorded(Subject subject, Node on) {
    Map<String, Object> recorded = RunSettings.of(subject.surface(), seed);
    recorded.put("layer", on.name());
    recorded.put("delta", deltas);
    recorded.put("draws", draws);
    recorded.put("splits", splits);
    recorded.put("kernelWidth", width);
    if (noise != null) {
      recorded.put("noise", noise);
    }
    if (constants != null) {
      recorded.put(
          "constants",
          new double[] {constants.first(), constants.second(), constants.confidence()});
    }
    recorded.putAll(settings.recorded(List.of(Settings.TIME_LIMIT)));
    return recorded;
  }
}
