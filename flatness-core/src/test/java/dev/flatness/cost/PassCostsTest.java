package dev.flatness.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.training.Architectures;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PassCostsTest {
  private static final int SAMPLES = 40;

  private static Network perceptron() {
    return Architectures.perceptron(Shape.of(60), List.of(50, 40, 30), 10, Activation.RELU);
  }

  /**
   * Channels from 3 to 32 to 40, then dense: the second convolution is made by filtering, of nine
   * tiles for 5.6.
   */
  private static Network convolutional() {
    Window window = new Window(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    return Network.sequential(3, 9, 10)
        .convolution("c1", gaussian(1, 32, 3, 3, 3), null, window)
        .relu()
        .convolution("c2", gaussian(2, 40, 32, 3, 3), null, window)
        .relu()
        .flatten()
        .dense("fc", gaussian(3, 10, 40 * 90), null)
        .build();
  }

  /** A leaky ReLU leaves every window alive, so all of the pooled share is work. */
  private static Network pooled() {
    return Network.sequential(4, 10, 10)
        .convolution("c1", gaussian(1, 16, 4, 1, 1), null, Window.of(1, 1))
        .convolution("c2", gaussian(2, 6, 16, 3, 3), null, Window.of(3, 3))
        .activate(Activation.leakyRelu(0.1))
        .maxPool(Window.of(2, 2).withStride(2))
        .flatten()
        .dense("fc", gaussian(3, 10, 6 * 16), null)
        .build();
  }

  private static Tensor gaussian(long seed, int... shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    RandomGenerator random = Seed.of(seed).generator();
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = 0.1 * random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  private static NetworkSurface surface(Network network, long activationBytes) {
    int[] shape = new int[network.inputShape().rank() + 1];
    shape[0] = SAMPLES;
    for (int axis = 1; axis < shape.length; axis++) {
      shape[axis] = network.inputShape().extent(axis - 1);
    }
    Dataset data = Datasets.of(gaussian(4, shape), new int[SAMPLES]);
    return NetworkSurface.of(
        network,
        data,
        SoftmaxCrossEntropy.onLogits(),
        SurfaceOptions.withDefaults()
            .withThreads(1)
            .withGemm(CountingGemm.ID)
            .withActivationBytes(activationBytes));
  }

  private static double counted(Runnable pass) {
    // Activations are kept from the second product at a point on.
    for (int i = 0; i < 3; i++) {
      pass.run();
    }
    CountingGemm.OPERATIONS.set(0);
    pass.run();
    return (double) CountingGemm.OPERATIONS.get() / SAMPLES;
  }

  /** What the passes really ask of the matrix product is what is foretold. */
  @Test
  void operationsAreThoseOfTheMatrixProducts() {
    for (Network network : List.of(perceptron(), convolutional(), pooled())) {
      PassCosts costs = PassCosts.of(network, Precision.FLOAT64);
      NetworkSurface surface = surface(network, 0);
      double[] theta = network.parameterVector();
      double[][] v = {theta.clone()};
      double[][] product = new double[1][theta.length];
      SymmetricOperator hessian = surface.hessian(theta);
      SymmetricOperator kept = surface(network, 1L << 30).hessian(theta);
      SymmetricOperator gaussNewton =
          surface.curvature(Curvature.GAUSS_NEWTON, theta, ParameterSet.all(theta.length));
      agree(costs, Pass.VALUE, counted(() -> surface.value(theta)));
      agree(costs, Pass.GRADIENT, counted(() -> surface.valueAndGradient(theta, product[0])));
      agree(costs, Pass.HESSIAN_PRODUCT, counted(() -> hessian.apply(v, product)));
      agree(costs, Pass.CACHED_PRODUCT, counted(() -> kept.apply(v, product)));
      agree(costs, Pass.GAUSS_NEWTON_PRODUCT, counted(() -> gaussNewton.apply(v, product)));
    }
  }

  private static void agree(PassCosts costs, Pass pass, double counted) {
    assertThat(counted).as(pass.description()).isPositive();
    // Transformed weights of filtered convolutions and sums that the head takes are beside it.
    assertThat(costs.operations(pass) / counted).as(pass.description()).isCloseTo(1, within(0.02));
  }

  /** Loops that are no matrix products take part; what is foretold is within a factor of two. */
  @Test
  void closedFormsAndLayersAreForetoldToAFactor() {
    for (Network network : List.of(perceptron(), convolutional(), pooled())) {
      PassCosts costs = PassCosts.of(network, Precision.FLOAT64);
      NetworkSurface surface = surface(network, 0);
      double[] theta = network.parameterVector();
      List<Node> layers = network.weightLayers();
      double[][] vectors = new double[layers.size()][];
      double[][] products = new double[layers.size()][];
      for (int l = 0; l < vectors.length; l++) {
        vectors[l] = network.values(network.weight(layers.get(l)));
        products[l] = new double[vectors[l].length];
      }
      assertThat(
              costs.operations(Pass.LAYER_PRODUCTS)
                  / counted(() -> surface.layerProducts(theta, layers, vectors, products)))
          .isBetween(0.5, 2.0);
      assertThat(costs.operations(Pass.CLOSED_FORMS) / counted(() -> surface.closedForms(theta)))
          .isBetween(0.5, 2.0);
    }
  }

  @Test
  void aPerceptronByHand() {
    PassCosts costs = PassCosts.of(perceptron(), Precision.FLOAT64);
    double first = 60 * 50;
    double later = 50 * 40 + 40 * 30 + 30 * 10;
    assertThat(costs.operations(Pass.VALUE)).isEqualTo(2 * (first + later));
    assertThat(costs.operations(Pass.GRADIENT)).isEqualTo(2 * (2 * first + 3 * later));
    assertThat(costs.operations(Pass.HESSIAN_PRODUCT)).isEqualTo(2 * (3 * first + 8 * later));
    assertThat(costs.operations(Pass.CACHED_PRODUCT)).isEqualTo(2 * (2 * first + 6 * later));
    // In and out of four layers and three activations.
    assertThat(costs.bytes(Pass.VALUE))
        .isEqualTo(8 * ((60 + 50) + (50 + 40) + (40 + 30) + (30 + 10) + 2 * (50 + 40 + 30)));
    assertThat(PassCosts.of(perceptron(), Precision.FLOAT32).bytes(Pass.VALUE))
        .isEqualTo(costs.bytes(Pass.VALUE) / 2);
    // Outputs of the layers, and cotangents of all but the first.
    assertThat(costs.keptBytes()).isEqualTo(8 * ((50 + 40 + 30 + 10) + (40 + 30 + 10)));
  }

  @Test
  void sharedWorkIsDoneOnceAsFarAsNeeded() {
    Work few = new Work("eigenvalues", Pass.HESSIAN_PRODUCT, 20);
    Work many = new Work("eigenvalues", Pass.HESSIAN_PRODUCT, 60);
    Work other = new Work("gradient", Pass.GRADIENT, 1);
    assertThat(Work.together(List.of(few, other, many, few))).containsExactly(many, other);
    assertThatThrownBy(() -> new Work("x", Pass.VALUE, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the work \"x\" is NaN passes, expected at least 0");
  }

  @Test
  void timeIsOperationsAndBytesOverTheThreads() {
    PassCosts costs = PassCosts.of(perceptron(), Precision.FLOAT64);
    MachineSpeed speed = new MachineSpeed(1e9, 1e8, 2);
    double value = (costs.operations(Pass.VALUE) / 1e9 + costs.bytes(Pass.VALUE) / 1e8) / 2;
    assertThat(speed.seconds(List.of(new Work("x", Pass.VALUE, 3)), costs, 10))
        .isCloseTo(30 * value, within(1e-12 * value));
    MachineSpeed here = MachineSpeed.measure(SurfaceOptions.withDefaults().withGemm("plain"));
    assertThat(here.operations()).isPositive();
    assertThat(here.bytes()).isPositive();
  }
}
