package dev.flatness.cost;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.BinaryCrossEntropy;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How long the passes of a network take on this machine, measured now on random inputs: their
 * values do not matter.
 *
 * <p>Units: seconds a sample. Cost: about 1.2 seconds a pass, longer where a single sample takes
 * that long. Not deterministic.
 */
public final class PassTimes {
  /** Operations of a forward pass over the samples that are timed, so that little is overhead. */
  private static final double OPERATIONS = 4e9;

  private static final int MOST_SAMPLES = 2048;
  private static final double MOST_INPUTS = 1e7;
  private static final long WARM = 1_200_000_000;
  private static final int ROUNDS = 3;

  private final Network network;
  private final SurfaceOptions options;
  private final Dataset data;
  private final Loss loss;

  private PassTimes(Network network, SurfaceOptions options, int samples) {
    this.network = network;
    this.options = options;
    this.data = data(network, samples);
    this.loss =
        data.targetKind() == Dataset.TargetKind.REAL
            ? SquaredError.summed()
            : Losses.of(Losses.AUTO, data, network.output().shape().size());
  }

  /**
   * Times each pass that the network has.
   *
   * @param network the network
   * @param options precision, threads and provider
   * @return for each pass seconds a sample
   */
  public static Map<Pass, Double> measure(Network network, SurfaceOptions options) {
    PassCosts costs = PassCosts.of(network, options.precision());
    double wanted = OPERATIONS / Math.max(1, costs.operations(Pass.VALUE));
    double fitting = MOST_INPUTS / Math.max(1, network.inputShape().size());
    int samples = (int) Math.max(1, Math.min(Math.min(MOST_SAMPLES, fitting), wanted));
    return new PassTimes(network, options, samples).measure();
  }

  private Map<Pass, Double> measure() {
    NetworkSurface surface = surface(0);
    double[] theta = network.parameterVector();
    double[][] v = {direction(theta.length)};
    double[][] product = new double[1][theta.length];
    SymmetricOperator hessian = surface.hessian(theta);
    SymmetricOperator kept = surface(Long.MAX_VALUE).hessian(theta);
    SymmetricOperator gaussNewton =
        surface.curvature(Curvature.GAUSS_NEWTON, theta, ParameterSet.all(theta.length));
    Map<Pass, Double> times = new EnumMap<>(Pass.class);
    times.put(Pass.VALUE, seconds(() -> surface.value(theta)));
    times.put(Pass.GRADIENT, seconds(() -> surface.valueAndGradient(theta, product[0])));
    times.put(Pass.HESSIAN_PRODUCT, seconds(() -> hessian.apply(v, product)));
    times.put(Pass.CACHED_PRODUCT, seconds(() -> kept.apply(v, product)));
    times.put(Pass.GAUSS_NEWTON_PRODUCT, seconds(() -> gaussNewton.apply(v, product)));
    if (!network.sharesParameters() && !network.weightLayers().isEmpty()) {
      times.put(Pass.CLOSED_FORMS, seconds(() -> surface.gaussNewtonForms(theta)));
      double[][] weights = weights();
      double[][] products = weights();
      times.put(
          Pass.LAYER_PRODUCTS,
          seconds(() -> surface.layerProducts(theta, network.weightLayers(), weights, products)));
    }
    return times;
  }

  private NetworkSurface surface(long activationBytes) {
    return NetworkSurface.of(network, data, loss, options.withActivationBytes(activationBytes));
  }

  private double[][] weights() {
    List<double[]> weights = new ArrayList<>();
    network.weightLayers().forEach(node -> weights.add(direction(network.weight(node).size())));
    return weights.toArray(double[][]::new);
  }

  private static double[] direction(int length) {
    RandomGenerator random = Seed.of(1).generator();
    double[] v = new double[length];
    for (int i = 0; i < length; i++) {
      v[i] = random.nextGaussian();
    }
    return v;
  }

  private static Dataset data(Network network, int samples) {
    int[] inputs = new int[network.inputShape().rank() + 1];
    inputs[0] = samples;
    for (int axis = 1; axis < inputs.length; axis++) {
      inputs[axis] = network.inputShape().extent(axis - 1);
    }
    Tensor x = Tensor.of(direction(samples * network.inputShape().size()), inputs);
    boolean sigmoid =
        network.outputActivation().map(BinaryCrossEntropy.onLogits()::includes).orElse(false);
    return network.output().shape().rank() == 1 && !sigmoid
        ? Datasets.of(x, new int[samples])
        : Datasets.of(
            x,
            Tensor.of(
                new double[samples * network.output().shape().size()],
                samples,
                network.output().shape().size()));
  }

  /** The median of some calls after the compiler has had its time, for one sample. */
  private double seconds(Runnable pass) {
    long start = System.nanoTime();
    pass.run();
    while (System.nanoTime() - start < WARM) {
      pass.run();
    }
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long before = System.nanoTime();
      pass.run();
      rounds[i] = (System.nanoTime() - before) * 1e-9;
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2] / data.size();
  }
}
