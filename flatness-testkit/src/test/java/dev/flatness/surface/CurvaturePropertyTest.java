package dev.flatness.surface;

import static dev.flatness.surface.Draws.assertClose;
import static dev.flatness.surface.Draws.direction;
import static dev.flatness.surface.Draws.directions;
import static dev.flatness.surface.Draws.dot;
import static dev.flatness.surface.Draws.norm;
import static dev.flatness.surface.Draws.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.surface.ParameterSet.Range;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.PerProperty;

/** What curvature products are, on random networks and losses. */
class CurvaturePropertyTest {
  /** Some thousand roundings of float64, relative to the size of the matrix. */
  private static final double ROUNDING = 1e-12;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> small() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults().withSmoothActivations(true).withMaximumParameters(60));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  /** A bound of the sizes that products of unit vectors pass through: the largest of several. */
  private static double size(double[]... products) {
    return Arrays.stream(products).mapToDouble(Draws::norm).max().orElse(0);
  }

  @Property(tries = 100)
  void productsAreSymmetricAndLinear(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Draws.surface(network, 9, seed);
    double[] theta = network.parameterVector();
    int p = theta.length;
    for (Curvature kind : Curvature.all(seed)) {
      SymmetricOperator operator = surface.curvature(kind, theta, ParameterSet.all(p));
      double[] u = direction(p, seed.split("u"));
      double[] v = direction(p, seed.split("v"));
      double[] hu = operator.apply(u);
      double[] hv = operator.apply(v);
      double size = size(hu, hv);
      assertThat(dot(u, hv)).as(kind.id()).isCloseTo(dot(v, hu), within(10 * ROUNDING * size));
      if (kind != Curvature.HESSIAN) {
        assertThat(dot(u, hu)).as(kind.id()).isGreaterThanOrEqualTo(-ROUNDING * size);
      }
      double[] sum = operator.apply(step(u, -2.5, v));
      assertClose(sum, step(hu, -2.5, hv), 10 * ROUNDING * size);
      assertThat(operator.apply(new double[p])).containsOnly(0);
    }
  }

  @Property(tries = 200)
  @PerProperty(Discards.class)
  void hessianProductIsTheDirectionalDifferenceOfTheGradient(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Draws.surface(network, 5, seed);
    double[] theta = network.parameterVector();
    double[] v = direction(theta.length, seed.split("v"));
    double h = 1e-5;
    double[] plus = step(theta, h, v);
    double[] minus = step(theta, -h, v);
    double[][] samples = Pieces.samples(surface.dataset());
    List<Integer> here = Pieces.of(network, samples);
    Discards.discardIf(
        !Pieces.of(network.withParameters(plus), samples).equals(here)
            || !Pieces.of(network.withParameters(minus), samples).equals(here));

    double[] up = new double[theta.length];
    double[] down = new double[theta.length];
    double[] gradient = new double[theta.length];
    surface.valueAndGradient(plus, up);
    surface.valueAndGradient(minus, down);
    surface.valueAndGradient(theta, gradient);
    double[] product = surface.hessian(theta).apply(v);
    double[] difference = new double[theta.length];
    double[] second = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      difference[i] = (up[i] - down[i]) / (2 * h);
      second[i] = (up[i] - gradient[i] + (down[i] - gradient[i])) / (h * h);
    }
    // The difference is off by h²/6 times the gradient's third derivative, which the second one
    // bounds in order of magnitude, and by the roundings of two gradients.
    double size = Math.max(norm(product), norm(second));
    double allowed = 1e3 * h * h * size + 1e-14 * norm(gradient) / h;
    assertClose(product, difference, allowed);
    // A test that cannot fail proves nothing: the bound is far below the product itself.
    assertThat(allowed).isLessThanOrEqualTo(1e-4 * Math.max(size, norm(gradient)));
  }

  @Property(tries = 60)
  @PerProperty(Discards.class)
  void gaussNewtonAndFisherAreMadeOfDenseJacobians(
      @ForAll("small") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Draws.surface(network, 4, seed);
    double[] theta = network.parameterVector();
    int p = theta.length;
    double[][] samples = Pieces.samples(surface.dataset());
    List<Integer> here = Pieces.of(network, samples);
    double h = 1e-5;
    int outputs = network.output().shape().size();
    double[][][] jacobians = new double[samples.length][outputs][p];
    boolean crosses = false;
    for (int i = 0; i < p && !crosses; i++) {
      double[] unit = new double[p];
      unit[i] = 1;
      Network plus = network.withParameters(step(theta, h, unit));
      Network minus = network.withParameters(step(theta, -h, unit));
      crosses = !Pieces.of(plus, samples).equals(here) || !Pieces.of(minus, samples).equals(here);
      for (int s = 0; s < samples.length; s++) {
        double[] up = plus.outputs(samples[s]);
        double[] down = minus.outputs(samples[s]);
        for (int k = 0; k < outputs; k++) {
          jacobians[s][k][i] = (up[k] - down[k]) / (2 * h);
        }
      }
    }
    Discards.discardIf(crosses);

    double[] v = direction(p, seed.split("v"));
    double[] gaussNewton = new double[p];
    double[] fisher = new double[p];
    double jacobianSize = 0;
    double slopeSize = 0;
    for (int s = 0; s < samples.length; s++) {
      double[] x = new double[network.inputShape().size()];
      double[] y = new double[surface.dataset().targetSize()];
      surface.dataset().read(s, 1, x, y);
      double[] f = network.outputs(samples[s]);
      double[] tangent = new double[outputs];
      for (int k = 0; k < outputs; k++) {
        tangent[k] = dot(jacobians[s][k], v);
        jacobianSize += dot(jacobians[s][k], jacobians[s][k]);
      }
      double[] product = new double[outputs];
      surface.loss().hessianProduct(f, y, tangent, product);
      double[] slope = new double[outputs];
      surface.loss().gradient(f, y, slope);
      slopeSize += dot(slope, slope);
      double along = dot(slope, tangent);
      for (int k = 0; k < outputs; k++) {
        for (int i = 0; i < p; i++) {
          gaussNewton[i] += jacobians[s][k][i] * product[k] / samples.length;
          fisher[i] += jacobians[s][k][i] * slope[k] * along / samples.length;
        }
      }
    }
    // Jacobians by central differences of step 1e-5 are right to 1e-9 of their size, the loss's
    // Hessian is at most 2, its gradient as long as it is.
    double size = jacobianSize * (2 + slopeSize);
    ParameterSet all = ParameterSet.all(p);
    assertClose(
        surface.curvature(Curvature.GAUSS_NEWTON, theta, all).apply(v), gaussNewton, 1e-8 * size);
    assertClose(
        surface.curvature(Curvature.EMPIRICAL_FISHER, theta, all).apply(v), fisher, 1e-8 * size);
  }

  @Property(tries = 60)
  void blockProductsAreSingleProducts(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Draws.surface(network, 9, seed);
    double[] theta = network.parameterVector();
    int p = theta.length;
    int width = 1 + seed.split("width").generator().nextInt(9);
    double[][] vectors = directions(width, p, seed.split("v"));
    for (Curvature kind : Curvature.all(seed)) {
      SymmetricOperator operator = surface.curvature(kind, theta, ParameterSet.all(p));
      double[][] products = new double[width][p];
      operator.apply(vectors, products);
      double size = size(products);
      for (int i = 0; i < width; i++) {
        assertClose(operator.apply(vectors[i]), products[i], 10 * ROUNDING * size);
      }
    }
  }

  @Property(tries = 60)
  void restrictedProductsAreBlocksOfTheWhole(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Draws.surface(network, 9, seed);
    double[] theta = network.parameterVector();
    int p = theta.length;
    for (ParameterSet set : List.of(tensors(network, seed), ranges(p, seed))) {
      double[] v = direction(set.size(), seed.split("v"));
      double[] embedded = new double[p];
      set.embed(v, embedded);
      for (Curvature kind : Curvature.all(seed)) {
        double[] whole = surface.curvature(kind, theta, ParameterSet.all(p)).apply(embedded);
        double[] expected = new double[set.size()];
        set.restrict(whole, expected);
        double[] found = surface.curvature(kind, theta, set).apply(v);
        assertClose(found, expected, 10 * ROUNDING * norm(whole));
      }
    }
  }

  private static ParameterSet tensors(Network network, Seed seed) {
    RandomGenerator random = seed.split("tensors").generator();
    List<Parameter> chosen = new ArrayList<>();
    chosen.add(network.parameters().get(random.nextInt(network.parameters().size())));
    network.parameters().stream().filter(any -> random.nextBoolean()).forEach(chosen::add);
    return ParameterSet.of(chosen);
  }

  private static ParameterSet ranges(int dimension, Seed seed) {
    RandomGenerator random = seed.split("ranges").generator();
    List<Range> ranges = new ArrayList<>();
    int at = random.nextInt(dimension);
    while (at < dimension) {
      int length = 1 + random.nextInt(dimension - at);
      ranges.add(new Range(at, length));
      at += length + random.nextInt(5);
    }
    return new ParameterSet(ranges);
  }
}
