package dev.flatness.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/**
 * Convolutions that are one with the pooling behind them, against the same network in which a
 * multiplication by 1 keeps the two apart.
 */
class PooledConvolutionTest {
  private static final int SAMPLES = 23;

  /** What a seed draws. */
  private record Plan(
      int channels,
      int width,
      int outputs,
      int kernel,
      int stride,
      int pad,
      Window pool,
      Activation activation,
      boolean bias,
      boolean first,
      boolean residual) {
    static Plan of(Seed seed) {
      RandomGenerator random = seed.generator();
      int kernel = 1 + random.nextInt(3);
      int window = 2 + random.nextInt(2);
      Activation[] activations = {
        Activation.RELU, Activation.leakyRelu(0.2), Activation.IDENTITY, null
      };
      return new Plan(
          4 + random.nextInt(4),
          9 + random.nextInt(4),
          1 + random.nextInt(5),
          kernel,
          1 + random.nextInt(3) / 2,
          random.nextInt(kernel),
          Window.of(window, window).withStride(2),
          activations[random.nextInt(4)],
          random.nextBoolean(),
          random.nextInt(4) == 0,
          random.nextInt(3) == 0);
    }
  }

  private static Network network(Plan plan, Seed seed, boolean apart) {
    RandomGenerator random = seed.generator();
    int c = plan.channels;
    GraphBuilder graph = Network.builder(plan.first ? c : 2, plan.width, plan.width);
    int at = graph.input();
    if (!plan.first) {
      at = graph.convolution("in", at, gaussian(random, c, 2, 1, 1), null, Window.of(1, 1), 1);
      at = graph.activate("in.tanh", at, Activation.TANH);
    }
    int source = at;
    Tensor weight = gaussian(random, plan.outputs, c, plan.kernel, plan.kernel);
    Tensor bias = plan.bias ? gaussian(random, plan.outputs) : null;
    Window window =
        Window.of(plan.kernel, plan.kernel).withStride(plan.stride).withPadding(plan.pad);
    at = graph.convolution("conv", at, weight, bias, window, 1);
    at = plan.activation == null ? at : graph.activate("act", at, plan.activation);
    at = apart ? graph.constant("apart", at, List.of(1.0), List.of(0.0)) : at;
    at = graph.maxPool("pool", at, plan.pool);
    int pooled = graph.flatten("pooled", at);
    if (plan.residual) {
      // Something else reads what the convolution reads.
      pooled = graph.concatenate("both", pooled, graph.flatten("source", source));
    }
    int features = graph.shape(pooled).size();
    return graph.build(graph.dense("out", pooled, gaussian(random, 3, features), null));
  }

  private static Tensor gaussian(RandomGenerator random, int... shape) {
    double[] values = new double[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.setAll(values, i -> 0.4 * random.nextGaussian());
    return Tensor.of(values, shape);
  }

  private static NetworkSurface surface(
      Network network, Dataset data, Precision precision, boolean kept) {
    return NetworkSurface.of(
        network,
        data,
        SoftmaxCrossEntropy.onLogits(),
        SurfaceOptions.withDefaults()
            .withPrecision(precision)
            .withThreads(2)
            .withBatchSize(5)
            .withActivationBytes(kept ? 1L << 20 : 0));
  }

  @Property(tries = 60)
  void derivativesAreThoseOfTheNodesApart(@ForAll @LongRange(min = 0, max = 1L << 40) long number) {
    Seed seed = Seed.of(number);
    Plan plan = Plan.of(seed.split("plan"));
    Network one = network(plan, seed, false);
    Network apart = network(plan, seed, true);
    Node pool = node(one, "pool");
    boolean fused = PooledConvolution.before(one, pool) != null;
    Node convolution = node(one, "conv");
    assertThat(fused).isEqualTo(convolution.shape().positions() >= 4 * pool.shape().positions());
    assertThat(PooledConvolution.before(apart, node(apart, "pool"))).isNull();
    RandomGenerator random = seed.split("data").generator();
    int width = plan.width;
    Tensor inputs = gaussian(random, SAMPLES, plan.first ? plan.channels : 2, width, width);
    int[] labels = random.ints(SAMPLES, 0, 3).toArray();
    Dataset data = Datasets.of(inputs, labels);
    compare(one, apart, data, Precision.FLOAT64, 1e-12);
    compare(one, apart, data, Precision.FLOAT32, 2e-4);
  }

  /** No bit depends on what is kept, in whatever order products and forms follow each other. */
  @Property(tries = 30)
  void keptActivationsChangeNoBit(@ForAll @LongRange(min = 0, max = 1L << 40) long number) {
    Seed seed = Seed.of(number);
    Plan plan = Plan.of(seed.split("plan"));
    Network network = network(plan, seed, false);
    RandomGenerator random = seed.split("data").generator();
    int width = plan.width;
    Tensor inputs = gaussian(random, SAMPLES, plan.first ? plan.channels : 2, width, width);
    Dataset data = Datasets.of(inputs, random.ints(SAMPLES, 0, 3).toArray());
    double[] theta = network.parameterVector();
    NetworkSurface anew = surface(network, data, Precision.FLOAT64, false);
    NetworkSurface kept = surface(network, data, Precision.FLOAT64, true);
    double[][] v = new double[1][theta.length];
    Arrays.setAll(v[0], i -> random.nextGaussian());
    for (int call = 0; call < 8; call++) {
      if (random.nextBoolean()) {
        int[][] positions = {{0, theta.length / 2, theta.length - 1}};
        double[][] values = {{0.5, 1, -1}};
        assertThat(kept.quadraticForms(theta, positions, values))
            .isEqualTo(anew.quadraticForms(theta, positions, values));
      } else {
        double[][] one = new double[1][theta.length];
        double[][] other = new double[1][theta.length];
        kept.hessian(theta).apply(v, one);
        anew.hessian(theta).apply(v, other);
        assertThat(one[0]).isEqualTo(other[0]);
      }
    }
  }

  private static Node node(Network network, String name) {
    return network.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  private static void compare(
      Network one, Network apart, Dataset data, Precision precision, double tolerance) {
    NetworkSurface expected = surface(apart, data, precision, false);
    double[] theta = one.parameterVector();
    assertThat(apart.parameterVector()).isEqualTo(theta);
    RandomGenerator random = Seed.of(5).generator();
    List<ParameterSet> sets = new ArrayList<>(List.of(ParameterSet.all(theta.length)));
    sets.add(ParameterSet.matching(one, "conv.weight"));
    sets.add(ParameterSet.matching(one, "out.weight"));
    for (boolean kept : new boolean[] {false, true}) {
      NetworkSurface surface = surface(one, data, precision, kept);
      double[] gradient = new double[theta.length];
      double[] reference = new double[theta.length];
      assertThat(surface.valueAndGradient(theta, gradient))
          .isCloseTo(expected.valueAndGradient(theta, reference), within(tolerance));
      close(gradient, reference, tolerance);
      // The third product is one of kept activations; sparse forms in between use the same tape.
      for (Curvature kind :
          List.of(
              Curvature.HESSIAN,
              Curvature.GAUSS_NEWTON,
              Curvature.HESSIAN,
              Curvature.EMPIRICAL_FISHER)) {
        int[][] positions = {{0, theta.length - 1}};
        double[][] values = {{0.5, -1}};
        assertThat(surface.quadraticForms(theta, positions, values)[0])
            .isCloseTo(
                expected.quadraticForms(theta, positions, values)[0],
                within(10 * tolerance * (1 + Math.abs(reference[0]))));
        for (ParameterSet set : sets) {
          double[][] v = new double[3][set.size()];
          for (double[] direction : v) {
            Arrays.setAll(direction, i -> random.nextGaussian());
          }
          double[][] found = new double[3][set.size()];
          double[][] truth = new double[3][set.size()];
          surface.curvature(kind, theta, set).apply(v, found);
          expected.curvature(kind, theta, set).apply(v, truth);
          for (int i = 0; i < 3; i++) {
            close(found[i], truth[i], tolerance);
          }
          double[][] single = new double[1][set.size()];
          surface.curvature(kind, theta, set).apply(new double[][] {v[1]}, single);
          close(single[0], truth[1], tolerance);
        }
      }
    }
  }

  private static void close(double[] found, double[] expected, double tolerance) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(tolerance * scale + 1e-300));
    }
  }
}
