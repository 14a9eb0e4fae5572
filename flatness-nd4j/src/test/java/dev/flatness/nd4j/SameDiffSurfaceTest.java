package dev.flatness.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.Flatness;
import dev.flatness.FlatnessReport;
import dev.flatness.SurfaceReport;
import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.GradientFunction;
import dev.flatness.surface.ProductError;
import dev.flatness.tensor.Tensor;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model of SameDiff, which has gradients and no second derivatives, has the numbers of the same
 * network here, to the error that its differences state.
 */
class SameDiffSurfaceTest {
  private static final int INPUTS = 3;
  private static final int HIDDEN = 4;
  private static final int CLASSES = 3;
  private static final int SAMPLES = 20;
  private static final double[][] X = new double[SAMPLES][INPUTS];
  private static final int[] LABELS = new int[SAMPLES];
  private static final PrintStream OUT = System.out;

  /** SameDiff says on standard output what it does. */
  @BeforeAll
  static void quiet() {
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), true));
    RandomGenerator random = Seed.of(4).generator();
    for (int i = 0; i < SAMPLES; i++) {
      LABELS[i] = random.nextInt(CLASSES);
      for (int j = 0; j < INPUTS; j++) {
        X[i][j] = (float) (random.nextGaussian() + LABELS[i]);
      }
    }
  }

  @AfterAll
  static void loud() {
    System.setOut(OUT);
  }

  /** Loss and gradient of a model by its variables, one after another. */
  private static final class Model implements GradientFunction {
    private static final List<String> NAMES = List.of("w1", "b1", "w2", "b2");
    private final SameDiff graph = SameDiff.create();
    private final DataType type;

    Model(DataType type) {
      this.type = type;
      SDVariable x = graph.constant("x", Nd4j.create(X).castTo(type));
      INDArray targets = Nd4j.zeros(type, SAMPLES, CLASSES);
      for (int i = 0; i < SAMPLES; i++) {
        targets.putScalar(i, LABELS[i], 1);
      }
      SDVariable y = graph.constant("y", targets);
      SDVariable w1 = graph.var("w1", Nd4j.zeros(type, INPUTS, HIDDEN));
      SDVariable b1 = graph.var("b1", Nd4j.zeros(type, 1, HIDDEN));
      SDVariable w2 = graph.var("w2", Nd4j.zeros(type, HIDDEN, CLASSES));
      SDVariable b2 = graph.var("b2", Nd4j.zeros(type, 1, CLASSES));
      SDVariable hidden = graph.math().tanh(x.mmul(w1).add(b1));
      SDVariable logits = hidden.mmul(w2).add(b2);
      SDVariable logarithms = graph.nn().logSoftmax(logits);
      logarithms.mul(y).sum().mul(-1.0 / SAMPLES).rename("loss");
      graph.setLossVariables("loss");
    }

    int dimension() {
      return INPUTS * HIDDEN + HIDDEN + HIDDEN * CLASSES + CLASSES;
    }

    @Override
    public double valueAndGradient(double[] theta, double[] gradient) {
      int at = 0;
      for (String name : NAMES) {
        INDArray array = graph.getVariable(name).getArr();
        double[] values = Arrays.copyOfRange(theta, at, at + (int) array.length());
        array.assign(Nd4j.create(values, array.shape(), 'c').castTo(type));
        at += values.length;
      }
      Map<String, INDArray> found = graph.calculateGradients(new HashMap<>(), NAMES);
      at = 0;
      for (String name : NAMES) {
        double[] values = found.get(name).dup('c').data().asDouble();
        System.arraycopy(values, 0, gradient, at, values.length);
        at += values.length;
      }
      return graph.output(new HashMap<>(), "loss").get("loss").getDouble(0);
    }
  }

  /** The same network; its weights are [out, in], those of SameDiff [in, out]. */
  private static Network network(double[] theta) {
    int first = INPUTS * HIDDEN;
    int second = first + HIDDEN;
    int third = second + HIDDEN * CLASSES;
    return Network.sequential(INPUTS)
        .dense(
            "one",
            Tensor.of(turned(theta, 0, INPUTS, HIDDEN), HIDDEN, INPUTS),
            Tensor.of(Arrays.copyOfRange(theta, first, second), HIDDEN))
        .activate(Activation.TANH)
        .dense(
            "two",
            Tensor.of(turned(theta, second, HIDDEN, CLASSES), CLASSES, HIDDEN),
            Tensor.of(Arrays.copyOfRange(theta, third, third + CLASSES), CLASSES))
        .build();
  }

  private static double[] turned(double[] theta, int from, int in, int out) {
    double[] turned = new double[in * out];
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        turned[o * in + i] = theta[from + i * out + o];
      }
    }
    return turned;
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT"})
  void theNumbersAreThoseOfTheSameNetwork(DataType type) {
    Model model = new Model(type);
    RandomGenerator random = Seed.of(5).generator();
    double[] theta = new double[model.dimension()];
    Arrays.setAll(theta, i -> (float) (0.5 * random.nextGaussian()));
    DifferencedSurface surface = DifferencedSurface.of(theta.length, model);
    String[] ids = {"hessian-trace", "hessian-top-eigenvalue"};
    SurfaceReport found = Flatness.of(surface, theta).measure(ids).report();
    Dataset data = Datasets.of(Tensor.of(flat(), SAMPLES, INPUTS), LABELS);
    FlatnessReport exact =
        Flatness.of(network(theta)).on(data, SoftmaxCrossEntropy.onLogits()).measure(ids).report();
    double loss = exact.evaluation().loss();
    assertThat(found.loss()).isCloseTo(loss, within(type == DataType.DOUBLE ? 1e-12 : 1e-5 * loss));
    assertThat(found.acceptable()).isTrue();
    Estimate trace = found.estimate(ids[0]);
    assertThat(trace.value())
        .isCloseTo(exact.network(ids[0]).value(), within(2 * trace.standardError().orElseThrow()));
    double norm = exact.network(ids[1]).value();
    Estimate top = found.estimate(ids[1]);
    assertThat(top.value()).isCloseTo(norm, within(norm * (top.residual().orElseThrow() + 1e-6)));
    ProductError error = surface.productError(theta);
    assertThat(error.relative()).isLessThan(type == DataType.DOUBLE ? 1e-9 : 1e-3);
  }

  private static double[] flat() {
    List<Double> all = new ArrayList<>();
    for (double[] row : X) {
      for (double entry : row) {
        all.add(entry);
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
