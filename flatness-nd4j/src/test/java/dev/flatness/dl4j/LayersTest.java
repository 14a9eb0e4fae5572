package dev.flatness.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Every kind of layer against DL4J itself, outputs, gradients and the way back. */
class LayersTest {
  private static final int SAMPLES = 5;

  static Stream<String> kinds() {
    return Models.all(DataType.DOUBLE).keySet().stream();
  }

  static Model model(String kind, DataType type) {
    Supplier<Model> maker = Models.all(type).get(kind);
    return maker.get();
  }

  static double[][] inputs(Network network, int samples) {
    Random random = new Random(3);
    double[][] rows = new double[samples][network.inputShape().size()];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> (float) random.nextGaussian());
    }
    return rows;
  }

  static double[][] targets(int outputs) {
    double[][] rows = new double[SAMPLES][outputs];
    for (int i = 0; i < SAMPLES; i++) {
      rows[i][(2 * i + 1) % outputs] = 1;
    }
    return rows;
  }

  /** max |a − b| / max |b|. */
  static double difference(double[][] a, double[][] b) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < b.length; i++) {
      assertThat(a[i]).hasSameSizeAs(b[i]);
      for (int k = 0; k < b[i].length; k++) {
        largest = Math.max(largest, Math.abs(b[i][k]));
        difference = Math.max(difference, Math.abs(a[i][k] - b[i][k]));
      }
    }
    assertThat(largest).isPositive();
    return difference / largest;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void outputsAreThoseOfDl4j(String kind) {
    Model model = model(kind, DataType.DOUBLE);
    Dl4jNetwork<?> imported = Models.of(model, Models.shape(model));
    double[][] x = inputs(imported.network(), SAMPLES);
    assertThat(difference(imported.network().outputs(x), imported.outputs(x))).isLessThan(1e-12);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void outputsInFloatAreThoseOfDl4jToFloatPrecision(String kind) {
    Model model = model(kind, DataType.FLOAT);
    Dl4jNetwork<?> imported = Models.of(model, Models.shape(model));
    double[][] x = inputs(imported.network(), SAMPLES);
    assertThat(difference(imported.network().outputs(x), imported.outputs(x))).isLessThan(1e-5);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void gradientsAreThoseOfDl4j(String kind) {
    Model model = model(kind, DataType.DOUBLE);
    int[] shape = Models.shape(model);
    Dl4jNetwork<?> imported = Models.of(model, shape);
    Network network = imported.network();
    double[][] x = inputs(network, SAMPLES);
    double[][] y = targets(network.output().shape().size());
    Loss loss = imported.loss().orElseThrow();
    NetworkSurface surface = NetworkSurface.of(network, data(network, x, y), loss);
    double[] gradient = new double[surface.dimension()];
    double value = surface.valueAndGradient(network.parameterVector(), gradient);
    DataSet data = data(network, model, x, y);
    assertThat(value).isCloseTo(score(model, data), Offset.offset(1e-9 * value));

    if (kind.matches(".*(normalized|dropout|residual|frozen|PReLU).*")) {
      // DL4J's own gradient is that of training; its score is that of inference.
      assertDifferences(imported, data, gradient);
    } else {
      assertThat(difference(new double[][] {gradient}, new double[][] {own(model, data, shape)}))
          .isLessThan(1e-10);
    }
  }

  private static Dataset data(Network network, double[][] x, double[][] y) {
    int[] extents = network.inputShape().toArray();
    int[] shape = new int[extents.length + 1];
    shape[0] = x.length;
    System.arraycopy(extents, 0, shape, 1, extents.length);
    double[] all = Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
    return Datasets.of(Tensor.of(all, shape), Tensor.of(y));
  }

  static DataSet data(Network network, Model model, double[][] x, double[][] y) {
    int[] extents = network.inputShape().toArray();
    long[] shape = new long[extents.length + 1];
    shape[0] = x.length;
    for (int i = 0; i < extents.length; i++) {
      shape[i + 1] = extents[i];
    }
    double[] all = Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
    double[] targets = Arrays.stream(y).flatMapToDouble(Arrays::stream).toArray();
    DataType type = model.params().dataType();
    return new DataSet(
        Entries.rows(all, shape).castTo(type),
        Entries.rows(targets, x.length, y[0].length).castTo(type));
  }

  /** A copy is evaluated, because an activation that comes first overwrites its input. */
  static double score(Model model, DataSet data) {
    return model instanceof MultiLayerNetwork chain
        ? chain.score(data.copy(), false)
        : ((ComputationGraph) model).score(data.copy(), false);
  }

  /** DL4J's own gradient, brought into our order as if it were parameters. */
  private static double[] own(Model model, DataSet data, int[] shape) {
    Map<String, INDArray> gradients;
    Model carrier;
    if (model instanceof MultiLayerNetwork chain) {
      chain.setInput(data.getFeatures());
      chain.setLabels(data.getLabels());
      chain.computeGradientAndScore();
      gradients = chain.gradient().gradientForVariable();
      carrier = chain.clone();
    } else {
      ComputationGraph graph = (ComputationGraph) model;
      graph.setInput(0, data.getFeatures());
      graph.setLabels(data.getLabels());
      graph.computeGradientAndScore();
      gradients = graph.gradient().gradientForVariable();
      carrier = graph.clone();
    }
    gradients.forEach((name, array) -> carrier.getParam(name).assign(array.div(SAMPLES)));
    return Models.of(carrier, shape).network().parameterVector();
  }

  /** Central differences of DL4J's score at networks that were written back. */
  private static void assertDifferences(Dl4jNetwork<?> imported, DataSet data, double[] gradient) {
    double[] theta = imported.network().parameterVector();
    Random random = new Random(9);
    double step = 1e-5;
    for (int trial = 0; trial < 5; trial++) {
      double[] above = theta.clone();
      double[] below = theta.clone();
      double slope = 0;
      double size = 0;
      for (int i = 0; i < theta.length; i++) {
        double v = random.nextGaussian();
        above[i] += step * v;
        below[i] -= step * v;
        slope += gradient[i] * v;
        size += gradient[i] * gradient[i];
      }
      double difference =
          score(imported.write(imported.network().withParameters(above)), data)
              - score(imported.write(imported.network().withParameters(below)), data);
      // The step leaves h² of the third derivative along v, and 1e-16 / h of rounding.
      assertThat(difference / (2 * step)).isCloseTo(slope, Offset.offset(1e-5 * Math.sqrt(size)));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void changedParametersGoBackAndTheModelStays(String kind) {
    Model model = model(kind, DataType.DOUBLE);
    Dl4jNetwork<?> imported = Models.of(model, Models.shape(model));
    Network network = imported.network();
    double[][] x = inputs(network, SAMPLES);
    INDArray before = model.params().dup();
    double[] theta = network.parameterVector();
    Random random = new Random(5);
    for (int i = 0; i < theta.length; i++) {
      theta[i] += 0.1 * random.nextGaussian();
    }
    Network changed = network.withParameters(theta);
    Model written = imported.write(changed);
    assertThat(written).isNotSameAs(model).hasSameClassAs(model);
    Dl4jNetwork<?> again = Models.of(written, Models.shape(model));
    assertThat(difference(again.outputs(x), changed.outputs(x))).isLessThan(1e-12);
    assertThat(
            difference(new double[][] {again.network().parameterVector()}, new double[][] {theta}))
        .isLessThan(1e-14);
    assertThat(model.params()).isEqualTo(before);
  }
}
