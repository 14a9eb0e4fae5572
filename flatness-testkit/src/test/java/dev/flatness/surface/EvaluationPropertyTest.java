package dev.flatness.surface;

import static dev.flatness.surface.Draws.assertClose;
import static dev.flatness.surface.Draws.directions;
import static dev.flatness.surface.Draws.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.PerProperty;

/** How a surface is evaluated changes nothing, or nothing beyond rounding. */
class EvaluationPropertyTest {
  private static final int KINDS = Curvature.all(Seed.of(0)).size();

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /** Loss, gradient, products of every kind, and closed forms where they hold. */
  private static double[][] numbers(NetworkSurface surface, double[] theta, Seed seed) {
    int p = theta.length;
    double[] gradient = new double[p];
    double loss = surface.valueAndGradient(theta, gradient);
    double[][] vectors = directions(3, p, seed.split("v"));
    List<double[]> numbers = new ArrayList<>(List.of(new double[] {loss}, gradient));
    for (Curvature kind : Curvature.all(seed)) {
      double[][] products = new double[3][p];
      surface.curvature(kind, theta, ParameterSet.all(p)).apply(vectors, products);
      numbers.addAll(List.of(products));
    }
    if (surface.network().piecewiseLinear()) {
      numbers.add(surface.closedForms(theta).diagonal());
    }
    return numbers.toArray(double[][]::new);
  }

  @Property(tries = 40)
  void threadsAndCacheChangeNoBit(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    double[] theta = network.parameterVector();
    for (Precision precision : Precision.values()) {
      SurfaceOptions one = Draws.OPTIONS.withPrecision(precision).withBatchSize(4).withThreads(1);
      double[][] expected = numbers(Draws.surface(network, 21, seed, one), theta, seed);
      for (SurfaceOptions other :
          List.of(one.withThreads(3), one.withThreads(2).withCacheBytes(0))) {
        NetworkSurface surface = Draws.surface(network, 21, seed, other);
        assertThat(numbers(surface, theta, seed)).isDeepEqualTo(expected);
        assertThat(numbers(surface, theta, seed)).isDeepEqualTo(expected);
      }
    }
  }

  /**
   * Three rounds at one point, one at another, three at the first again: forward passes are kept
   * from the second product on, cotangents from the next Hessian product.
   */
  @Property(tries = 40)
  void keptActivationsChangeNoBit(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    double[] theta = network.parameterVector();
    double[] other = theta.clone();
    other[0] += 0.125;
    for (Precision precision : Precision.values()) {
      SurfaceOptions none = Draws.OPTIONS.withPrecision(precision).withBatchSize(4);
      double[][] here = products(Draws.surface(network, 21, seed, none), theta, seed);
      double[][] there = products(Draws.surface(network, 21, seed, none), other, seed);
      for (long bytes : new long[] {1, 8_000, 30_000, 1 << 24}) {
        NetworkSurface surface =
            Draws.surface(network, 21, seed, none.withActivationBytes(bytes).withThreads(2));
        for (double[] at : List.of(theta, theta, theta, other, theta, theta, theta)) {
          assertThat(products(surface, at, seed)).isDeepEqualTo(at == other ? there : here);
        }
      }
    }
  }

  /** Products of every kind with all parameters, with one of them, and of the layers. */
  private static double[][] products(NetworkSurface surface, double[] theta, Seed seed) {
    int p = theta.length;
    Network network = surface.network();
    double[] v = directions(1, p, seed.split("v"))[0];
    List<double[]> products = new ArrayList<>();
    Parameter last = network.parameters().get(network.parameters().size() - 1);
    ParameterSet one = ParameterSet.of(List.of(last));
    double[] part = new double[one.size()];
    one.restrict(v, part);
    for (Curvature kind : Curvature.all(seed)) {
      products.add(surface.curvature(kind, theta, one).apply(part));
      products.add(surface.curvature(kind, theta, ParameterSet.all(p)).apply(v));
    }
    double[][] blocks =
        network.weightLayers().stream()
            .map(node -> network.weight(node))
            .map(w -> Arrays.copyOfRange(v, w.offset(), w.offset() + w.size()))
            .toArray(double[][]::new);
    double[][] layers = Arrays.stream(blocks).map(double[]::clone).toArray(double[][]::new);
    surface.layerProducts(theta, network.weightLayers(), blocks, layers);
    products.addAll(List.of(layers));
    double[] gradient = new double[p];
    products.add(new double[] {surface.valueAndGradient(theta, gradient)});
    products.add(gradient);
    return products.toArray(double[][]::new);
  }

  @Property(tries = 40)
  void batchSizeChangesNothingBeyondRounding(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    double[] theta = network.parameterVector();
    double[][] expected = numbers(Draws.surface(network, 21, seed), theta, seed);
    for (int batch : new int[] {1, 5, 20, 1000}) {
      NetworkSurface surface = Draws.surface(network, 21, seed, Draws.OPTIONS.withBatchSize(batch));
      assertNear(numbers(surface, theta, seed), expected, 1e-11);
    }
  }

  @Property(tries = 100)
  @PerProperty(Discards.class)
  void float32AgreesWithFloat64ToItsRounding(
      @ForAll("networks") Network drawn, @ForAll("seeds") Seed seed) {
    Network network =
        drawn.withParameters(Arrays.stream(drawn.parameterVector()).map(x -> (float) x).toArray());
    Loss loss = Draws.loss(network, seed);
    Dataset data = Draws.data(network, loss, 6, seed);
    Discards.discardIf(Pieces.near(network, Pieces.samples(data), 2e-6));
    double[] theta = network.parameterVector();
    double[][] wide = numbers(NetworkSurface.of(network, data, loss, Draws.OPTIONS), theta, seed);
    double[][] narrow =
        numbers(
            NetworkSurface.of(network, data, loss, Draws.OPTIONS.withPrecision(Precision.FLOAT32)),
            theta,
            seed);
    assertNear(narrow, wide, 1e-3);
  }

  private static void assertNear(double[][] actual, double[][] expected, double tolerance) {
    assertThat(actual[0][0]).isCloseTo(expected[0][0], within(tolerance * expected[0][0]));
    for (int i = 1; i < expected.length; i++) {
      // Products of one matrix are right relative to the matrix, not each to its own length.
      boolean product = i >= 2 && i < 2 + 3 * KINDS;
      int first = product ? i - (i - 2) % 3 : i;
      int last = product ? first + 2 : i;
      double size = 0;
      for (int j = first; j <= last; j++) {
        size = Math.max(size, norm(expected[j]));
      }
      assertClose(actual[i], expected[i], tolerance * size);
    }
  }
}
