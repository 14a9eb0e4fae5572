package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The measures of docs/mathematics.md#invariant-by-construction against their definitions. */
class OrbitMeasuresTest {
  /** Sums of some 10⁵ products of rounded numbers against their largest part. */
  private static final double ROUNDING = 1e-9;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> piecewiseLinear() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Network> chains() {
    return NetworkArbitraries.networks(
        RandomNetworks.withDefaults()
            .withArchitectures(
                RandomNetworks.Architecture.DENSE, RandomNetworks.Architecture.CONVOLUTIONAL)
            .withBiases(false)
            .withAffine(false));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static Estimate one(Measure measure, NetworkSurface surface) {
    return measure.evaluate(Cases.subject(surface).withSeed(Cases.SEED)).get(0);
  }

  private static double trace(NetworkSurface surface) {
    return Arrays.stream(diagonal(surface)).sum();
  }

  /** By products of unit vectors: of the Hessian where that is the Gauss–Newton matrix. */
  private static double[] diagonal(NetworkSurface surface) {
    DenseSymmetric matrix =
        DenseSymmetric.of(
            Hessian.of(surface)
                .withCurvature(Curvature.GAUSS_NEWTON)
                .at(surface.network().parameterVector()));
    double[] diagonal = new double[matrix.dimension()];
    Arrays.setAll(diagonal, i -> matrix.entry(i, i));
    return diagonal;
  }

  @Property(tries = 40)
  void fisherRaoAndLogWeightTraceEqualTheirDefinitions(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    double[] theta = network.parameterVector();
    double fisher = 0;
    double largest = 0;
    int n = surface.dataset().size();
    for (int i = 0; i < n; i++) {
      NetworkSurface sample =
          Cases.surface(network, Datasets.subset(surface.dataset(), i, 1), surface.loss());
      double[] gradient = new double[theta.length];
      sample.valueAndGradient(theta, gradient);
      double dot = 0;
      double parts = 0;
      for (int e = 0; e < theta.length; e++) {
        dot += theta[e] * gradient[e];
        parts += Math.abs(theta[e] * gradient[e]);
      }
      fisher += dot * dot / n;
      largest += parts * parts / n;
    }
    Estimate norm = one(FisherRaoNorm.withDefaults(), surface);
    assertThat(norm.value() * norm.value()).isCloseTo(fisher, within(ROUNDING * largest));
    assertThat(norm.products()).hasValue(1);

    DenseSymmetric hessian = DenseSymmetric.of(Hessian.of(surface).at(theta));
    double weighted = 0;
    double sizes = 0;
    for (int e = 0; e < theta.length; e++) {
      weighted += theta[e] * theta[e] * hessian.entry(e, e);
      sizes += theta[e] * theta[e] * Math.abs(hessian.entry(e, e));
    }
    Estimate trace = one(LogWeightTrace.withDefaults(), surface);
    assertThat(trace.value()).isCloseTo(weighted, within(ROUNDING * sizes));
    assertThat(trace.status()).isEqualTo(Status.EXACT);
    assertThat(trace.method()).isEqualTo(network.piecewiseLinear() ? "exact" : "products");
  }

  @Property(tries = 8)
  void theSampledLogWeightTraceHasTheRightMean(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    double exact = one(LogWeightTrace.withDefaults(), surface).value();
    Measure sampled = LogWeightTrace.withDefaults().withProbesOnly();
    Pooled.measure(surface, List.of(sampled)).get("log-weight-trace").agrees(exact, exact);
    Estimate estimate = one(sampled, surface);
    assertThat(estimate.status()).isEqualTo(Status.ESTIMATED);
    assertThat(estimate.products()).hasValue(32);
  }

  /** Liang's second form: N √(mean ⟨∂ℓ/∂f, f⟩²), here ∂ℓ/∂f = 2(f − y). */
  @Property(tries = 20)
  void fisherRaoOfABiasFreeChainIsItsDepthTimesTheOutputsPart(
      @ForAll("chains") Network network, @ForAll("seeds") Seed seed) {
    Dataset data = RandomDatasets.real(network, 12, seed);
    NetworkSurface surface = Cases.surface(network, data, SquaredError.summed());
    int outputs = network.output().shape().size();
    double[] f = surface.outputs(network.parameterVector(), 0, 12);
    double[] y = new double[f.length];
    data.read(0, 12, new double[12 * network.inputShape().size()], y);
    double mean = 0;
    for (int i = 0; i < 12; i++) {
      double dot = 0;
      for (int k = i * outputs; k < (i + 1) * outputs; k++) {
        dot += 2 * (f[k] - y[k]) * f[k];
      }
      mean += dot * dot / 12;
    }
    double expected = network.weightLayers().size() * Math.sqrt(mean);
    assertThat(one(FisherRaoNorm.withDefaults(), surface).value())
        .isCloseTo(expected, within(1e-9 * (expected + 1)));
  }

  /** The problem is convex: what no neighbour undercuts is the minimum. */
  @Property(tries = 30)
  void theMinimizersTraceIsTheMinimumAndNoNeighbourIsLower(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    ScaleClasses classes = ScaleClasses.of(network);
    for (MinimalTrace measure : List.of(MinimalTrace.onOrbit(), MinimalTrace.layerWise())) {
      Estimate estimate = one(measure, surface).orThrow();
      assertThat(estimate.details())
          .containsEntry("curvature", network.piecewiseLinear() ? "hessian" : "gauss-newton");
      double value = estimate.value();
      assertThat(value).isLessThanOrEqualTo(trace(surface) * (1 + 1e-12));
      MinimalTrace.Minimizer minimizer = measure.minimizer(surface);
      assertThat(minimizer.minimum().value()).isEqualTo(value);
      double there = trace(Cases.moved(surface, minimizer.network()));
      // Terms that tend to 0 are left out of the infimum, and do not where it is not attained.
      boolean attained = minimizer.minimum().droppedEdges() == 0;
      assertThat(value).isLessThanOrEqualTo(there * (1 + ROUNDING));
      assertThat(value).isGreaterThanOrEqualTo(attained ? there * (1 - ROUNDING) : 0);
      for (int trial = 0; trial < 3; trial++) {
        Rescaling near =
            measure == MinimalTrace.onOrbit()
                ? Rescaling.random(classes, 1.3, seed.split(trial))
                : Rescaling.randomLayerWise(classes, 1.3, seed.split(trial));
        assertThat(trace(Cases.moved(surface, near.applyTo(minimizer.network()))))
            .isGreaterThanOrEqualTo(value * (1 - ROUNDING));
      }
    }
    assertThat(one(MinimalTrace.onOrbit(), surface).value())
        .isLessThanOrEqualTo(one(MinimalTrace.layerWise(), surface).value() * (1 + ROUNDING));
  }

  @Property(tries = 30)
  void theLayerWiseMinimumOfABiasFreeChainIsAGeometricMean(
      @ForAll("chains") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    List<Node> layers = network.weightLayers();
    BruteForce truth = new BruteForce(surface);
    double logarithms = 0;
    for (Node layer : layers) {
      logarithms += Math.log(truth.new Block(layer).trace()) / layers.size();
    }
    double expected = layers.size() * Math.exp(logarithms);
    assertThat(one(MinimalTrace.layerWise(), surface).value())
        .isCloseTo(expected, within(ROUNDING * expected));
  }

  /**
   * One hidden unit: the sum over its two sides at the root of their ratio, biases on the in-side.
   */
  @Test
  void aBiasTakesTheProductOfTheFactorsUpToItsLayer() {
    Network network =
        Network.sequential(1)
            .dense("a", Tensor.of(new double[] {2}, 1, 1), Tensor.of(new double[] {1}, 1))
            .relu()
            .dense("b", Tensor.of(new double[] {3}, 1, 1), Tensor.of(new double[] {5}, 1))
            .build();
    Dataset data =
        Datasets.of(Tensor.of(new double[] {1, 2}, 2, 1), Tensor.of(new double[] {0, 0}, 2, 1));
    NetworkSurface surface = Cases.surface(network, data, SquaredError.summed());
    // Second derivatives 2 (∂f/∂θ)², means over x = 1, 2: weight 9x², bias 9, weight (2x+1)², 1.
    double into = 2 * 9 * 2.5 + 2 * 9;
    double out = 2 * 17;
    double expected = 2 * Math.sqrt(into * out) + 2;
    for (MinimalTrace measure : List.of(MinimalTrace.onOrbit(), MinimalTrace.layerWise())) {
      assertThat(one(measure, surface).value()).isCloseTo(expected, within(1e-13 * expected));
      assertThat(measure.minimizer(surface).minimum().rescaling().factor(0))
          .isCloseTo(Math.pow(into / out, 0.25), within(1e-12));
    }
  }

  /** Unit u leads to v1 by a zero weight and to v2, which is off on the data. */
  @Test
  void termsThatTendToZeroAreDroppedAndTheirClassesNamed() {
    Network network =
        Network.sequential(1)
            .dense("u", Tensor.of(new double[] {1}, 1, 1), null)
            .relu()
            .dense("v", Tensor.of(new double[] {0, 1}, 2, 1), Tensor.of(new double[] {1, -10}, 2))
            .relu()
            .dense("out", Tensor.of(new double[] {1, 1}, 1, 2), null)
            .build();
    Dataset data =
        Datasets.of(Tensor.of(new double[] {1, 2}, 2, 1), Tensor.of(new double[] {0, 0}, 2, 1));
    NetworkSurface surface = Cases.surface(network, data, SquaredError.summed());
    Estimate estimate = one(MinimalTrace.onOrbit(), surface);
    // Without the weight u→v1: bias of v1 and weight v1→out, both 2, at the balance of the two.
    assertThat(estimate.value()).isCloseTo(4, within(1e-13));
    assertThat(estimate.status()).isEqualTo(Status.CONVERGED);
    assertThat(estimate.details())
        .containsEntry("droppedTerms", 1)
        .containsEntry("unboundedClasses", List.of("u[0]"));
    assertThat(trace(surface)).isCloseTo(2 + 2 + 2 * 2.5, within(1e-13));
  }

  @Property(tries = 40)
  void normalizedSharpnessEqualsAlternatingMinimization(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Estimate estimate = one(NormalizedSharpness.withDefaults(), surface).orThrow();
    double[] diagonal = diagonal(surface);
    double expected = 0;
    for (Node node : network.nodes()) {
      boolean parameters = node.weight() >= 0 || node.bias() >= 0;
      expected += parameters ? AlternatingScales.minimum(network, node, diagonal) : 0;
    }
    // The alternation is above the infimum, by ever less where terms only tend to 0. An infimum of
    // 0
    // it approaches without end, and has when it is 1e-30 of the value at a = b = 1.
    double plain = Arrays.stream(diagonal).sum();
    for (double w : network.parameterVector()) {
      plain += w * w;
    }
    assertThat(estimate.value()).isLessThanOrEqualTo(expected * (1 + ROUNDING));
    assertThat(estimate.value()).isGreaterThanOrEqualTo(expected * (1 - 1e-3) - 1e-30 * plain);
  }

  /**
   * Two units in, one out, no bias: every entry alone can reach 2 √(H W²), and they do together.
   */
  @Test
  void normalizedSharpnessOfARowIsASumOfGeometricMeans() {
    Network network =
        Network.sequential(2).dense("a", Tensor.of(new double[] {3, -2}, 1, 2), null).build();
    Dataset data =
        Datasets.of(
            Tensor.of(new double[] {1, 2, 3, 5}, 2, 2), Tensor.of(new double[] {0, 0}, 2, 1));
    NetworkSurface surface = Cases.surface(network, data, SquaredError.summed());
    double expected = 2 * Math.sqrt(2 * 5.0 * 9) + 2 * Math.sqrt(2 * 14.5 * 4);
    assertThat(one(NormalizedSharpness.withDefaults(), surface).value())
        .isCloseTo(expected, within(1e-13 * expected));
  }

  @Property(tries = 20)
  void theGaussNewtonDiagonalInOneSweepIsThatOfItsProducts(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    double[] expected = diagonal(surface);
    double[] found = surface.gaussNewtonDiagonal(network.parameterVector());
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i])
          .isCloseTo(expected[i], within(1e-11 * (expected[i] + largest(expected))));
    }
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  @Property(tries = 20)
  void atTheGaugeEveryMeasureIsThatOfTheGaugedNetwork(
      @ForAll("piecewiseLinear") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    NetworkSurface gauged = Cases.moved(surface, Gauge.minimumNorm(network));
    List<Measure> plain =
        List.of(
            HessianTrace.withDefaults(),
            SquaredNorm.withDefaults(),
            ExtremeEigenvalue.top(),
            ExtremeEigenvalue.bottom(),
            QuadraticSharpness.withDefaults());
    List<GaugedMeasure> there = plain.stream().map(GaugedMeasure::minimumNorm).toList();
    Map<String, Estimate> expected = Cases.measure(Cases.subject(gauged), plain);
    // In one subject with the network itself: their shared work must not mix.
    Subject both = Cases.subject(surface);
    Map<String, Estimate> here = Cases.measure(both, plain);
    Map<String, Estimate> found = Cases.measure(both, there);
    assertThat(found).hasSameSizeAs(expected);
    expected.forEach(
        (name, estimate) -> {
          String at = estimate.layer().isEmpty() ? "" : "@" + estimate.layer().get();
          Estimate twin = found.get(estimate.id() + "-at-minimum-norm" + at);
          // An exact trace is that of the network itself, rescaled entry by entry.
          double rounding = estimate.id().equals("hessian-trace") ? 1e-11 * estimate.value() : 0;
          assertThat(twin.value()).as(name).isCloseTo(estimate.value(), within(rounding));
          assertThat(twin.status()).isEqualTo(Status.CONVERGED);
          assertThat((Double) twin.details().get("gaugeResidual")).isLessThanOrEqualTo(1e-9);
        });
    assertThat(Cases.measure(Cases.subject(surface), plain).get("hessian-trace").value())
        .isEqualTo(here.get("hessian-trace").value());
    assertThat(found.get("l2-norm-squared-at-minimum-norm").value())
        .isLessThanOrEqualTo(here.get("l2-norm-squared").value() * (1 + 1e-14));
  }

  @Test
  void aMeasureAtTheGaugeIsNamedAndClaimedAfterIt() {
    GaugedMeasure measure = GaugedMeasure.minimumNorm(Kappa.trace());
    assertThat(measure.id()).isEqualTo("kappa-tau-at-minimum-norm").isEqualTo(measure.toString());
    assertThat(measure.scopes()).isEqualTo(Kappa.trace().scopes());
    assertThat(measure.source()).isEqualTo(Kappa.trace().source() + ", at the minimum-norm gauge");
    assertThat(measure)
        .isEqualTo(GaugedMeasure.minimumNorm(Kappa.trace()))
        .hasSameHashCodeAs(GaugedMeasure.minimumNorm(Kappa.trace()))
        .isNotEqualTo(GaugedMeasure.minimumNorm(Kappa.topEigenvalue()));
  }

  @Test
  void weightsWithoutAMinimumNormRepresentativeAreRefused() {
    Network network =
        Network.sequential(2)
            .dense("a", Tensor.of(new double[] {1, 1e-300}, 1, 2), null)
            .relu()
            .dense("b", Tensor.of(new double[] {0x1p-66}, 1, 1), null)
            .build();
    Dataset data = RandomDatasets.real(network, 3, Seed.of(1));
    Subject subject = Cases.subject(Cases.surface(network, data, SquaredError.summed()));
    Measure measure = GaugedMeasure.minimumNorm(SquaredNorm.withDefaults());
    String reason =
        "it has no minimum-norm representative: parameter \"a.weight\" at position 1 is 1.0E-300,"
            + " and the factors "
            + 0x1p-33
            + " and 1.0 of its two ends take it out of the range of doubles; use factors closer to"
            + " 1";
    assertThat(measure.inapplicable(subject)).contains(reason);
    Estimate none = measure.evaluate(subject.withSeed(Cases.SEED)).get(0);
    assertThat(none.status()).isEqualTo(Status.NOT_APPLICABLE);
    assertThat(none.reason()).hasValue(reason);
  }

  private static Network tied(int width) {
    GraphBuilder graph = Network.builder(width);
    double[] values = Vectors.gaussian(width * width, Seed.of(3));
    int weight = graph.parameter("tied", Parameter.Role.WEIGHT, Tensor.of(values, width, width));
    int x = graph.activate("r1", graph.dense("first", 0, weight, -1), Activation.RELU);
    x = graph.activate("r2", graph.dense("second", x, weight, -1), Activation.RELU);
    return graph.build(
        graph.dense("out", x, Tensor.of(Vectors.gaussian(width, Seed.of(4)), 1, width), null));
  }

  @Test
  void withSharedWeightsTheDiagonalIsMadeOfProducts() {
    NetworkSurface surface = Cases.surface(tied(3), Seed.of(5));
    Estimate estimate = one(MinimalTrace.onOrbit(), surface);
    assertThat(estimate.details()).containsEntry("curvature", "gauss-newton");
    assertThat(estimate.products()).hasValue(12);
    assertThat(estimate.value()).isCloseTo(trace(surface), within(1e-12 * trace(surface)));
    assertThatThrownBy(() -> surface.gaussNewtonDiagonal(surface.network().parameterVector()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the diagonal in one sweep needs a network without shared weights; use products");
  }

  @Test
  void withManySharedWeightsThereIsNoDiagonal() {
    NetworkSurface surface = Cases.surface(tied(64), Seed.of(5));
    String reason =
        "layers share weights, where the diagonal of the Gauss–Newton matrix takes one product a"
            + " parameter; that is done up to 4096 parameters";
    for (Measure measure : List.of(MinimalTrace.onOrbit(), NormalizedSharpness.withDefaults())) {
      assertThat(measure.inapplicable(Cases.subject(surface))).contains(reason);
      Estimate absent = one(measure, surface);
      assertThat(absent.status()).isEqualTo(Status.NOT_APPLICABLE);
      assertThat(absent.reason()).hasValue(reason);
    }
    assertThatThrownBy(() -> MinimalTrace.onOrbit().minimizer(surface))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("orbit-minimal-trace is not defined here: " + reason);
  }

  @Test
  void theTimeLimitStopsProductsAndIsSaid() {
    Settings hurried = Settings.withDefaults().with(Settings.TIME_LIMIT, Duration.ofNanos(1));
    NetworkSurface surface = Cases.surface(tied(10), Seed.of(5));
    for (Measure measure :
        List.of(
            MinimalTrace.layerWise(),
            NormalizedSharpness.withDefaults(),
            LogWeightTrace.withDefaults())) {
      Subject late = Subject.of(surface, hurried, Monitor.NONE, Seed.of(0));
      Estimate estimate = measure.evaluate(late.withSeed(Cases.SEED)).get(0);
      assertThat(estimate.status()).isEqualTo(Status.NOT_CONVERGED);
      assertThat(estimate.value()).isNaN();
      String what = measure.id().equals("log-weight-trace") ? "entries" : "columns";
      assertThat(estimate.reason()).hasValue("the time limit has passed after 32 of 110 " + what);
    }
  }

  @Test
  void aSurfaceMovesAlongItsOwnGraphOnly() {
    NetworkSurface surface = Cases.surface(tied(3), Seed.of(5));
    double[] theta = Vectors.gaussian(12, Seed.of(9));
    NetworkSurface moved = surface.at(surface.network().withParameters(theta));
    assertThat(moved.network().parameterVector()).containsExactly(theta);
    assertThat(moved.value(theta)).isEqualTo(surface.value(theta));
    assertThat(moved.dimension()).isEqualTo(12);
    assertThatThrownBy(() -> surface.at(tied(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "network "
                + tied(2)
                + " has another graph than "
                + surface.network()
                + "; make a surface of its own for it");
    assertThat(surface.curvature(Curvature.HESSIAN, theta, ParameterSet.all(12)).dimension())
        .isEqualTo(12);
  }

  @Test
  void settingsTellMeasuresApart() {
    assertThat(LogWeightTrace.withDefaults().withExactUpTo(4096))
        .isEqualTo(LogWeightTrace.withDefaults())
        .hasSameHashCodeAs(LogWeightTrace.withDefaults())
        .isNotEqualTo(LogWeightTrace.withDefaults().withProbesOnly());
    assertThat(MinimalTrace.onOrbit()).isNotEqualTo(MinimalTrace.layerWise());
    assertThatThrownBy(() -> LogWeightTrace.withDefaults().withExactUpTo(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the limit of exactness is -1 parameters, expected at least 0");
  }

  @Test
  void aSubjectUnderAnotherSeedMeasuresTheGaugeUnderThatSeed() {
    Network network =
        Initialization.XAVIER.draw(
            Architectures.perceptron(Shape.of(4), List.of(6, 5), 2, Activation.TANH), Seed.of(1));
    NetworkSurface surface =
        NetworkSurface.of(
            network, RandomDatasets.real(network, 20, Seed.of(2)), SquaredError.summed());
    Measure measure = GaugedMeasure.minimumNorm(HessianTrace.withDefaults().withExactUpTo(0));
    Subject first = Cases.subject(surface);
    double once = measure.evaluate(first).get(0).value();
    double again = measure.evaluate(first.withSeed(Seed.of(99))).get(0).value();
    assertThat(again).isNotEqualTo(once);
    assertThat(measure.evaluate(Cases.subject(surface).withSeed(Seed.of(99))).get(0).value())
        .isEqualTo(again);
  }
}
