package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.Loss;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LayerForms;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against a plain evaluator, finite differences and brute force over the dense Hessian.
 */
class EngineTest {
  private static final int SAMPLES = 21;

  /** A network, a loss and data that fit. */
  record Case(String name, Network network, Loss loss, Dataset data) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final class Draw {
    private final RandomGenerator random;

    Draw(long seed) {
      random = Seed.of(seed).generator();
    }

    Tensor tensor(int... shape) {
      int size = Shape.of(shape).size();
      double scale = 1 / Math.sqrt(Math.max(1, size / shape[0]));
      return Tensor.of(random.doubles(size).map(u -> (2 * u - 1) * 2 * scale).toArray(), shape);
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        dense(Activation.RELU, SoftmaxCrossEntropy.onLogits(), "dense relu"),
        dense(Activation.leakyRelu(0.1), SquaredError.summed(), "dense leaky, squared error"),
        dense(Activation.TANH, SoftmaxCrossEntropy.onLogits(), "dense tanh"),
        dense(Activation.GELU, SquaredError.summed(), "dense gelu"),
        convolutional(Activation.RELU),
        convolutional(Activation.SOFTPLUS),
        residual(),
        mapped("maps between rectifiers", Activation.leakyRelu(List.of(0.1, 0.4, 0.0, 0.7))),
        mapped("maps between clippings", Activation.clip(-0.2, 0.6)),
        dense(Activation.SILU, SoftmaxCrossEntropy.onLogits(), "dense silu"),
        dense(Activation.MISH, SquaredError.summed(), "dense mish"),
        dense(Activation.SOFTSIGN, SoftmaxCrossEntropy.onLogits(), "dense softsign"),
        dense(Activation.celu(1.5), SoftmaxCrossEntropy.onLogits(), "dense celu"),
        dense(Activation.selu(1.7, 1.1), SquaredError.summed(), "dense selu"),
        dense(Activation.HARD_SWISH, SoftmaxCrossEntropy.onLogits(), "dense hard swish"),
        dense(Activation.hardSigmoid(0.3, 0.5), SquaredError.summed(), "dense hard sigmoid"));
  }

  static Stream<Case> piecewiseLinear() {
    return cases().filter(c -> c.network().piecewiseLinear());
  }

  private static Case dense(Activation activation, Loss loss, String name) {
    Draw draw = new Draw(name.hashCode());
    Network network =
        Network.sequential(5)
            .dense("a", draw.tensor(7, 5), draw.tensor(7))
            .activate(activation)
            .dense("b", draw.tensor(3, 7), null)
            .activate(activation)
            .dense("c", draw.tensor(4, 3), draw.tensor(4))
            .build();
    return new Case(name, network, loss, data(network, loss, 5));
  }

  private static Case convolutional(Activation activation) {
    Draw draw = new Draw(11);
    GraphBuilder g = Network.builder(2, 7, 6);
    Window strided = Window.of(3, 2).withStride(2, 1).withPadding(1, 0, 2, 1);
    int x = g.convolution("a", 0, draw.tensor(4, 2, 3, 2), draw.tensor(4), strided, 1);
    x = g.activate("s", x, activation);
    x = g.maxPool("p", x, Window.of(2, 2).withStride(1));
    Window dilated = Window.of(2, 2).withDilation(1, 2).withPadding(1);
    x = g.convolution("b", x, draw.tensor(6, 2, 2, 2), null, dilated, 2);
    x = g.affine("n", x, draw.tensor(6), draw.tensor(6));
    x = g.activate("t", x, activation);
    x = g.averagePool("q", x, Window.of(3, 3).withStride(2).withPadding(1), false);
    x = g.convolution("c", x, draw.tensor(3, 6, 1, 1), draw.tensor(3), Window.of(1, 1), 1);
    x = g.activate("u", x, activation);
    x = g.transpose("r", x, 1, 2, 0);
    x = g.flatten("f", x);
    x = g.dense("d", x, draw.tensor(3, g.shape(x).size()), draw.tensor(3));
    Network network = g.build(x);
    Loss loss = SoftmaxCrossEntropy.onLogits();
    return new Case("convolutional " + activation.kind(), network, loss, data(network, loss, 9));
  }

  private static Case residual() {
    Draw draw = new Draw(5);
    GraphBuilder g = Network.builder(2, 5, 5);
    Window same = Window.of(3, 3).withPadding(1);
    int x = g.constant("k", 0, List.of(2.0, 0.5), List.of(0.25));
    x = g.convolution("stem", x, draw.tensor(4, 2, 3, 3), draw.tensor(4), same, 1);
    int stem = g.activate("s", x, Activation.RELU);
    int y = g.convolution("a", stem, draw.tensor(4, 4, 3, 3), null, same, 1);
    y = g.activate("t", y, Activation.RELU);
    y = g.convolution("b", y, draw.tensor(4, 4, 3, 3), draw.tensor(4), same, 1);
    int sum = g.add("add", y, stem, stem);
    int wide = g.concatenate("cat", g.activate("u", sum, Activation.RELU), sum, stem);
    int padded = g.zeroPad("pad", wide, 1, 0, 0, 2);
    int z = g.globalAveragePool("gap", padded);
    z = g.flatten("f", z);
    z = g.dense("head", z, draw.tensor(3, 12), draw.tensor(3));
    Network network = g.build(z);
    Loss loss = SoftmaxCrossEntropy.onLogits();
    return new Case("residual", network, loss, data(network, loss, 3));
  }

  /** Zeros between entries, a slice, and v + a − mean(a) in front of the outputs. */
  private static Case mapped(String name, Activation activation) {
    Draw draw = new Draw(13);
    GraphBuilder g = Network.builder(2, 3, 3);
    int x = g.convolution("a", 0, draw.tensor(4, 2, 1, 1), draw.tensor(4), Window.of(1, 1), 1);
    x = g.activate("s", x, activation);
    int[] spread = new int[4 * 25];
    Arrays.setAll(
        spread,
        i -> i / 5 % 5 % 2 + i % 5 % 2 > 0 ? -1 : i / 25 * 9 + i / 5 % 5 / 2 * 3 + i % 5 / 2);
    x = g.linearMap("spread", x, SparseMatrix.selection(36, spread), 4, 5, 5);
    Window up = Window.of(3, 3).withPadding(1);
    x = g.convolution("b", x, draw.tensor(4, 4, 3, 3), draw.tensor(4), up, 1);
    x = g.activate("t", x, activation);
    int[] slice = new int[4 * 6];
    Arrays.setAll(slice, i -> i / 6 * 25 + i / 2 % 3 * 5 + i % 2 + 1);
    x = g.linearMap("slice", x, SparseMatrix.selection(100, slice), 24);
    int v = g.dense("v", x, draw.tensor(1, 24), null);
    int a = g.dense("d", x, draw.tensor(3, 24), draw.tensor(3));
    SparseMatrix.Builder mean = SparseMatrix.builder(3);
    for (int row = 0; row < 3; row++) {
      mean.add(0, -1.0 / 3).add(1, -1.0 / 3).add(2, -1.0 / 3).endRow();
    }
    int all = g.linearMap("repeated", v, SparseMatrix.selection(1, new int[] {0, 0, 0}), 3);
    Network network = g.build(g.add("q", all, a, g.linearMap("mean", a, mean.build(), 3)));
    Loss loss = SquaredError.summed();
    return new Case(name, network, loss, data(network, loss, 4));
  }

  private static Dataset data(Network network, Loss loss, long seed) {
    RandomGenerator random = Seed.of(seed).generator();
    int in = network.inputShape().size();
    int out = network.output().shape().size();
    boolean labels = loss instanceof SoftmaxCrossEntropy;
    double[] x = random.doubles((long) SAMPLES * in).map(u -> 4 * u - 2).toArray();
    double[] y =
        labels
            ? random.ints(SAMPLES, 0, out).asDoubleStream().toArray()
            : random.doubles((long) SAMPLES * out).toArray();
    return new Dataset() {
      @Override
      public int size() {
        return SAMPLES;
      }

      @Override
      public Shape inputShape() {
        return network.inputShape();
      }

      @Override
      public TargetKind targetKind() {
        return labels ? TargetKind.LABELS : TargetKind.REAL;
      }

      @Override
      public int targetSize() {
        return labels ? 1 : out;
      }

      @Override
      public void read(int first, int count, double[] inputs, double[] targets) {
        System.arraycopy(x, first * in, inputs, 0, count * in);
        System.arraycopy(y, first * targetSize(), targets, 0, count * targetSize());
      }

      @Override
      public String name() {
        return "test data";
      }
    };
  }

  private static NetworkSurface surface(Case c) {
    return surface(c, SurfaceOptions.withDefaults().withBatchSize(8));
  }

  private static NetworkSurface surface(Case c, SurfaceOptions options) {
    return NetworkSurface.of(c.network(), c.data(), c.loss(), options.withGemm("plain"));
  }

  private static double[] random(int n, long seed) {
    return Seed.of(seed).generator().doubles(n).map(u -> 2 * u - 1).toArray();
  }

  private static double largest(double[] a) {
    return Arrays.stream(a).map(Math::abs).max().orElse(0);
  }

  private static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double scale = largest(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("entry %d", i).isCloseTo(expected[i], within(tolerance * scale));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAndLossAreThoseOfThePlainEvaluator(Case c) {
    NetworkSurface surface = surface(c);
    double[] theta = c.network().parameterVector();
    double[] outputs = surface.outputs(theta, 0, SAMPLES);
    Network reference = c.network();
    int in = c.network().inputShape().size();
    int out = c.network().output().shape().size();
    double[] x = new double[in];
    double[] y = new double[c.data().targetSize()];
    double loss = 0;
    for (int i = 0; i < SAMPLES; i++) {
      c.data().read(i, 1, x, y);
      double[] expected = reference.outputs(x);
      assertClose(Arrays.copyOfRange(outputs, i * out, (i + 1) * out), expected, 1e-13);
      loss += c.loss().value(expected, y);
    }
    Evaluation evaluation = surface.evaluate(theta);
    assertThat(evaluation.loss()).isCloseTo(loss / SAMPLES, within(1e-13 * loss));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsTheDirectionalDifferenceOfTheLoss(Case c) {
    NetworkSurface surface = surface(c);
    double[] theta = c.network().parameterVector();
    double[] gradient = new double[theta.length];
    surface.valueAndGradient(theta, gradient);
    double h = 1e-5;
    double[] difference = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      double[] plus = theta.clone();
      double[] minus = theta.clone();
      plus[i] += h;
      minus[i] -= h;
      difference[i] = (surface.value(plus) - surface.value(minus)) / (2 * h);
    }
    assertClose(gradient, difference, 1e-7);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hessianProductIsTheDirectionalDifferenceOfTheGradient(Case c) {
    NetworkSurface surface = surface(c);
    double[] theta = c.network().parameterVector();
    int p = theta.length;
    double[][] vectors = {random(p, 1), random(p, 2), random(p, 3)};
    double[][] products = new double[3][p];
    surface.hessian(theta).apply(vectors, products);
    double h = 1e-6;
    for (int i = 0; i < 3; i++) {
      double[] plus = theta.clone();
      double[] minus = theta.clone();
      for (int e = 0; e < p; e++) {
        plus[e] += h * vectors[i][e];
        minus[e] -= h * vectors[i][e];
      }
      double[] gPlus = new double[p];
      double[] gMinus = new double[p];
      surface.valueAndGradient(plus, gPlus);
      surface.valueAndGradient(minus, gMinus);
      double[] difference = new double[p];
      for (int e = 0; e < p; e++) {
        difference[e] = (gPlus[e] - gMinus[e]) / (2 * h);
      }
      assertClose(products[i], difference, 1e-6);
      assertClose(surface.hessian(theta).apply(vectors[i]), products[i], 1e-12);
    }
  }

  private static double[][] dense(SymmetricOperator operator) {
    int p = operator.dimension();
    double[][] units = new double[p][p];
    double[][] dense = new double[p][p];
    for (int i = 0; i < p; i++) {
      units[i][i] = 1;
    }
    operator.apply(units, dense);
    return dense;
  }

  @ParameterizedTest
  @MethodSource("piecewiseLinear")
  void closedFormsAreThoseOfTheDenseHessian(Case c) {
    NetworkSurface surface = surface(c);
    double[] theta = c.network().parameterVector();
    double[][] hessian = dense(surface.hessian(theta));
    ClosedForms forms = surface.closedForms(theta);
    double[] diagonal = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      diagonal[i] = hessian[i][i];
    }
    assertClose(forms.diagonal(), diagonal, 1e-11);
    for (LayerForms layer : forms.layers()) {
      Node node = layer.node();
      Parameter weight = c.network().weight(node);
      int d = weight.shape().extent(0);
      int m = weight.size() / d;
      double[] w = c.network().values(weight);
      int o = weight.offset();
      double flatness = 0;
      double[] rows = new double[d];
      int groups =
          node.layer() instanceof dev.flatness.network.Layer.Convolution v ? v.groups() : 1;
      for (int s = 0; s < d; s++) {
        for (int t = 0; t < d; t++) {
          if (s / (d / groups) != t / (d / groups)) {
            continue;
          }
          double dot = 0;
          double trace = 0;
          for (int j = 0; j < m; j++) {
            dot += w[s * m + j] * w[t * m + j];
            trace += hessian[o + s * m + j][o + t * m + j];
          }
          flatness += dot * trace;
        }
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < m; j++) {
            rows[s] += w[s * m + i] * hessian[o + s * m + i][o + s * m + j] * w[s * m + j];
          }
        }
      }
      assertThat(layer.relativeFlatness()).isCloseTo(flatness, within(1e-10 * flatness));
      assertClose(layer.rhoRows(), rows, 1e-10);
      int taps =
          weight.shape().rank() == 4 ? weight.shape().extent(2) * weight.shape().extent(3) : 1;
      double[] columns = new double[m / taps * groups];
      for (int a = 0; a < d * m; a++) {
        for (int b = 0; b < d * m; b++) {
          int ca = a / m / (d / groups) * (m / taps) + a % m / taps;
          int cb = b / m / (d / groups) * (m / taps) + b % m / taps;
          if (ca == cb) {
            columns[ca] += w[a] * hessian[o + a][o + b] * w[b];
          }
        }
      }
      assertClose(layer.rhoColumns(), columns, 1e-10);

      double[][] v = {random(d * m, 4)};
      double[][] product = new double[1][d * m];
      surface.layerProducts(theta, List.of(node), v, product);
      double[] expected =
          surface.curvature(Curvature.HESSIAN, theta, ParameterSet.of(List.of(weight))).apply(v[0]);
      assertClose(product[0], expected, 1e-11);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsOfAllLayersTogetherAreThoseOfTheirOwnBlocks(Case c) {
    NetworkSurface surface = surface(c);
    double[] theta = c.network().parameterVector();
    List<Node> layers = c.network().weightLayers();
    double[][] vectors = new double[layers.size()][];
    double[][] products = new double[layers.size()][];
    for (int l = 0; l < vectors.length; l++) {
      int size = c.network().weight(layers.get(l)).size();
      vectors[l] = random(size, l);
      products[l] = new double[size];
    }
    surface.layerProducts(theta, layers, vectors, products);
    for (int l = 0; l < vectors.length; l++) {
      ParameterSet weight = ParameterSet.of(List.of(c.network().weight(layers.get(l))));
      double[] expected = surface.curvature(Curvature.HESSIAN, theta, weight).apply(vectors[l]);
      assertClose(products[l], expected, 1e-11);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void threadsAndCachesChangeNoBit(Case c) {
    double[] theta = c.network().parameterVector();
    double[][] v = {random(theta.length, 1), random(theta.length, 2)};
    double[][] first = new double[2][theta.length];
    surface(c, SurfaceOptions.withDefaults().withBatchSize(4).withThreads(1))
        .hessian(theta)
        .apply(v, first);
    for (int threads : new int[] {2, 5}) {
      double[][] other = new double[2][theta.length];
      NetworkSurface surface =
          surface(
              c,
              SurfaceOptions.withDefaults()
                  .withBatchSize(4)
                  .withThreads(threads)
                  .withCacheBytes(threads == 2 ? 0 : 1 << 20));
      surface.hessian(theta).apply(v, other);
      surface.hessian(theta).apply(v, other);
      assertThat(other).isDeepEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aProductAllocatesNothingOfTheSizeOfABatch(Case c) {
    // In chunks of one sample, then in one chunk of all: a larger batch allocates no more. The same
    // with kept activations.
    for (long kept : new long[] {0, 1 << 24}) {
      SurfaceOptions options = SurfaceOptions.withDefaults().withActivationBytes(kept);
      long ofEach = allocatedByAProduct(c, options.withBatchSize(1));
      long ofAll = allocatedByAProduct(c, options.withBatchSize(SAMPLES));
      assertThat(ofAll).isLessThanOrEqualTo(ofEach).isLessThan(24_000);
    }
  }

  @Test
  void aProductAllocatesNothingOfTheSizeOfTheParameters() {
    Draw draw = new Draw(1);
    Network network =
        Network.sequential(40)
            .dense("a", draw.tensor(500, 40), draw.tensor(500))
            .activate(Activation.RELU)
            .dense("b", draw.tensor(4, 500), null)
            .build();
    Loss loss = SoftmaxCrossEntropy.onLogits();
    Case wide = new Case("wide", network, loss, data(network, loss, 5));
    for (Precision precision : Precision.values()) {
      SurfaceOptions options = SurfaceOptions.withDefaults().withPrecision(precision);
      assertThat(allocatedByAProduct(wide, options)).isLessThan(24_000);
    }
  }

  /** Bytes that a block of two products allocates in steady state, on one thread. */
  private static long allocatedByAProduct(Case c, SurfaceOptions options) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    double[] theta = c.network().parameterVector();
    double[][] v = {random(theta.length, 1), random(theta.length, 2)};
    double[][] products = new double[2][theta.length];
    SymmetricOperator hessian = surface(c, options.withThreads(1)).hessian(theta);
    for (int i = 0; i < 50; i++) {
      hessian.apply(v, products);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    hessian.apply(v, products);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void refusesAPassThatDoesNotFitTheMemoryLimit() {
    Case c = residual();
    NetworkSurface surface =
        surface(c, SurfaceOptions.withDefaults().withThreads(2).withMemoryBytes(100_000));
    assertThatThrownBy(() -> surface.value(c.network().parameterVector()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "a pass over one sample at a time needs about \\d+ (MiB|bytes), but the share of"
                + " memory for buffers is \\d+ bytes; raise --memory, in Java withMemoryBytes,"
                + " which may be three quarters of the heap, or give Java more heap"
                + " \\(FLATNESS_JAVA_OPTIONS=-Xmx8g; in Java -Xmx8g\\)");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void singlePrecisionAgreesToItsRounding(Case c) {
    double[] theta = c.network().parameterVector();
    for (int i = 0; i < theta.length; i++) {
      theta[i] = (float) theta[i];
    }
    double[] v = random(theta.length, 1);
    SurfaceOptions options = SurfaceOptions.withDefaults().withBatchSize(8);
    double[] wide = surface(c, options).hessian(theta).apply(v);
    double[] narrow = surface(c, options.withPrecision(Precision.FLOAT32)).hessian(theta).apply(v);
    assertClose(narrow, wide, 2e-4);
  }
}
