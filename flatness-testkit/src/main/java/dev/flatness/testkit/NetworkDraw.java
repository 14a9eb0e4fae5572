package dev.flatness.testkit;

import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One draw of a random network. */
final class NetworkDraw {
  private static final List<Activation> PIECEWISE_LINEAR =
      List.of(
          Activation.RELU,
          Activation.RELU,
          Activation.leakyRelu(0.1),
          Activation.leakyRelu(-0.3),
          Activation.IDENTITY);

  /** Those, and some that are not positively homogeneous. */
  private static final List<Activation> ALL_PIECEWISE_LINEAR =
      List.of(
          Activation.RELU,
          Activation.RELU,
          Activation.leakyRelu(0.1),
          Activation.leakyRelu(-0.3),
          Activation.IDENTITY,
          Activation.clip(-0.4, 1.1),
          Activation.clip(-0.5, Double.POSITIVE_INFINITY),
          Activation.hardSigmoid(0.4, 0.5),
          Activation.clip(0, 6),
          Activation.thresholdedRelu(0.2));

  private static final List<Activation> SMOOTH =
      List.of(
          Activation.TANH,
          Activation.SIGMOID,
          Activation.SOFTPLUS,
          Activation.GELU,
          Activation.GELU_TANH,
          Activation.elu(0.7),
          Activation.celu(1.3),
          Activation.selu(1.67, 1.05),
          Activation.SILU,
          Activation.silu(1.7),
          Activation.MISH,
          Activation.SOFTSIGN,
          Activation.HARD_SWISH);

  private final RandomGenerator random;
  private final boolean biases;
  private final boolean affine;
  private final boolean smooth;
  private final boolean maxPooling;
  private final boolean oddities;
  private final boolean rare;

  /** Weights of dense layers that another layer may share, by shape. */
  private final Map<List<Integer>, Integer> shareable = new HashMap<>();

  /** Set when a network is begun. */
  @SuppressWarnings("NullAway.Init")
  private GraphBuilder graph;

  private int layers;

  NetworkDraw(
      RandomGenerator random,
      boolean biases,
      boolean affine,
      boolean smooth,
      boolean maxPooling,
      boolean oddities,
      boolean rare) {
    this.oddities = oddities;
    this.rare = rare;
    this.random = random;
    this.biases = biases;
    this.affine = affine;
    this.smooth = smooth;
    this.maxPooling = maxPooling;
  }

  Network network(RandomNetworks.Architecture kind) {
    boolean images =
        kind == RandomNetworks.Architecture.CONVOLUTIONAL
            || (kind != RandomNetworks.Architecture.DENSE && random.nextBoolean());
    graph =
        images
            ? Network.builder(integer(1, 3), integer(4, 7), integer(4, 7))
            : Network.builder(integer(2, 5));
    int node = graph.input();
    if (maybe(0.1)) {
      node = graph.constant(name("constant"), node, List.of(0.5), List.of(-0.1));
    }
    int blocks = integer(1, images ? 2 : 3);
    for (int block = 0; block < blocks; block++) {
      node =
          switch (kind) {
            case DENSE -> hidden(node, oddities && maybe(0.4) ? width(node) : integer(2, 6));
            case CONVOLUTIONAL -> pooled(activated(convolution(node, integer(2, 5), true)));
            case RESIDUAL -> residual(block == 0 ? hidden(node, integer(2, 4)) : node);
            case CONCATENATING -> branches(block == 0 ? hidden(node, integer(2, 4)) : node);
          };
    }
    node =
        vector(images && kind != RandomNetworks.Architecture.CONVOLUTIONAL ? pooled(node) : node);
    node = dense(node, integer(1, 4));
    if (!oddities) {
      return graph.build(node);
    }
    return withZeros(graph.build(ended(node)));
  }

  /** Some networks end in an activation, some in probabilities or their logarithms. */
  private int ended(int node) {
    if (maybe(0.2)) {
      return activated(node);
    }
    boolean softmax = graph.shape(node).size() > 1 && maybe(0.4);
    return softmax ? graph.softmax(name("softmax"), node, maybe(0.3)) : node;
  }

  /** Sets some weights to 0, and all that some units read. */
  private Network withZeros(Network network) {
    double[] theta = network.parameterVector();
    double share = maybe(0.5) ? 0 : 0.25 * random.nextDouble();
    for (int i = 0; i < theta.length; i++) {
      theta[i] = maybe(share) ? 0 : theta[i];
    }
    for (Node layer : network.weightLayers()) {
      if (maybe(0.15)) {
        Parameter weight = network.weight(layer);
        int rows = weight.shape().extent(0);
        int row = integer(0, rows - 1);
        int width = weight.size() / rows;
        Arrays.fill(theta, weight.offset() + row * width, weight.offset() + (row + 1) * width, 0);
        if (layer.bias() >= 0 && maybe(0.7)) {
          theta[network.bias(layer).offset() + row] = 0;
        }
      }
    }
    return network.withParameters(theta);
  }

  /** A layer as wide as its input can share a weight with its like. */
  private int width(int node) {
    return graph.shape(node).extent(0);
  }

  int integer(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  private boolean maybe(double probability) {
    return random.nextDouble() < probability;
  }

  private String name(String kind) {
    return kind + "_" + layers++;
  }

  private boolean image(int node) {
    return graph.shape(node).rank() == 3;
  }

  /** A dense layer, or a convolution that keeps the map's size, with its activation. */
  private int hidden(int node, int width) {
    return activated(linear(node, width));
  }

  private int linear(int node, int width) {
    return image(node) ? convolution(node, width, false) : dense(node, width);
  }

  private int residual(int node) {
    int width = graph.shape(node).extent(0);
    int inner = linear(hidden(node, integer(2, 4)), width);
    int skip = maybe(0.3) ? linear(node, width) : node;
    int sum =
        maybe(0.2)
            ? graph.add(name("add"), skip, inner, node)
            : graph.add(name("add"), inner, skip);
    return maybe(0.7) ? activation(sum) : sum;
  }

  private int branches(int node) {
    int left = hidden(node, integer(1, 3));
    int right = maybe(0.4) ? node : hidden(node, integer(1, 3));
    int joined = graph.concatenate(name("concatenate"), left, right);
    return hidden(joined, integer(2, 4));
  }

  private int activated(int node) {
    int x = node;
    if (maybe(0.1)) {
      x =
          graph.constant(
              name("constant"), x, List.of(random.nextBoolean() ? 0.7 : -1.5), List.of(0.0));
    }
    if (affine && maybe(0.25)) {
      int channels = graph.shape(x).extent(0);
      int parts = rare ? integer(0, 3) : 0;
      Tensor scale = parts < 2 ? gaussian(1, channels) : null;
      Tensor shift = parts == 1 ? null : gaussian(0.3, parts == 3 ? 1 : channels);
      x = graph.affine(name("affine"), x, scale, shift);
    }
    return activation(rare && maybe(0.15) ? mapped(x) : x);
  }

  /** A linear map that mixes a few channels, repeats or drops some, and perhaps sets zeros. */
  private int mapped(int node) {
    Shape x = graph.shape(node);
    int positions = x.positions();
    SparseMatrix.Builder matrix = SparseMatrix.builder(x.size());
    boolean holes = maybe(0.3);
    boolean mixes = maybe(0.4);
    for (int c = 0; c < x.extent(0); c++) {
      int first = integer(0, x.extent(0) - 1);
      int second = integer(0, x.extent(0) - 1);
      for (int p = 0; p < positions; p++) {
        if (!holes || (c + p) % 3 != 0) {
          matrix.add(first * positions + p, 1);
          if (mixes) {
            matrix.add(second * positions + (p + 1) % positions, -0.5);
          }
        }
        matrix.endRow();
      }
    }
    return graph.linearMap(name("map"), node, matrix.build(), x.toArray());
  }

  private int activation(int node) {
    if (rare && maybe(0.05)) {
      int channels = graph.shape(node).extent(0);
      List<Double> slopes =
          IntStream.range(0, channels).mapToObj(c -> random.nextDouble() - 0.3).toList();
      return graph.activate(name("activation"), node, Activation.leakyRelu(slopes));
    }
    List<Activation> linear = rare ? ALL_PIECEWISE_LINEAR : PIECEWISE_LINEAR;
    List<Activation> functions = smooth && random.nextBoolean() ? SMOOTH : linear;
    return graph.activate(
        name("activation"), node, functions.get(integer(0, functions.size() - 1)));
  }

  private int dense(int node, int width) {
    int inputs = graph.shape(node).extent(0);
    if (oddities && maybe(0.4)) {
      Integer shared = shareable.get(List.of(width, inputs));
      if (shared != null) {
        return graph.dense(name("dense"), node, shared, -1);
      }
    }
    Tensor weight = gaussian(Math.sqrt(2.0 / inputs), width, inputs);
    if (oddities && maybe(0.4)) {
      String name = name("dense");
      int parameter = graph.parameter(name + ".weight", Parameter.Role.WEIGHT, weight);
      shareable.put(List.of(width, inputs), parameter);
      return graph.dense(name, node, parameter, -1);
    }
    return graph.dense(name("dense"), node, weight, bias(width));
  }

  private int convolution(int node, int width, boolean free) {
    Shape x = graph.shape(node);
    int channels = x.extent(0);
    int groups = maybe(0.4) ? groups(channels) : 1;
    int outputs = free ? groups * Math.max(1, width / groups) : width;
    if (outputs % groups != 0) {
      groups = 1;
    }
    Window window = free ? window(x) : sizeKeeping();
    int reads = channels / groups;
    double deviation = Math.sqrt(2.0 / (reads * window.taps()));
    Tensor weight =
        gaussian(deviation, outputs, reads, window.kernelHeight(), window.kernelWidth());
    return graph.convolution(name("convolution"), node, weight, bias(outputs), window, groups);
  }

  private int groups(int channels) {
    return channels % 2 == 0 && random.nextBoolean() ? channels / 2 : channels;
  }

  private Window sizeKeeping() {
    return random.nextBoolean() ? Window.of(1, 1) : Window.of(3, 1).withPadding(1, 0, 1, 0);
  }

  private Window window(Shape x) {
    while (true) {
      Window window =
          Window.of(integer(1, 3), integer(1, 3))
              .withStride(integer(1, 2), integer(1, 2))
              .withDilation(integer(1, 2), integer(1, 2))
              .withPadding(integer(0, 1), integer(0, 1), integer(0, 2), integer(0, 1));
      if (fits(window, x)) {
        return window;
      }
    }
  }

  private static boolean fits(Window window, Shape x) {
    return window.outputHeight(x.extent(1)) >= 1 && window.outputWidth(x.extent(2)) >= 1;
  }

  private int pooled(int node) {
    if (maybe(0.4)) {
      return maybe(0.3) ? graph.zeroPad(name("pad"), node, 0, 1, 1, 0) : node;
    }
    Window window =
        Window.of(integer(2, 3), 2)
            .withStride(integer(1, 2), integer(1, 2))
            .withPadding(integer(0, 1), 0, 0, integer(0, 1));
    if (!fits(window, graph.shape(node))) {
      return node;
    }
    return maxPooling && random.nextBoolean()
        ? graph.maxPool(name("pool"), node, window)
        : graph.averagePool(name("pool"), node, window, random.nextBoolean());
  }

  private int vector(int node) {
    if (!image(node)) {
      return node;
    }
    int x = node;
    if (maybe(0.4)) {
      x = graph.globalAveragePool(name("pool"), x);
    } else if (maybe(0.5)) {
      x = graph.transpose(name("transpose"), x, 1, 2, 0);
    }
    return graph.flatten(name("flatten"), x);
  }

  private @Nullable Tensor bias(int outputs) {
    return biases && maybe(0.6) ? gaussian(0.3, outputs) : null;
  }

  private Tensor gaussian(double deviation, int... extents) {
    double[] values = new double[Shape.of(extents).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    return Tensor.of(values, extents);
  }
}
