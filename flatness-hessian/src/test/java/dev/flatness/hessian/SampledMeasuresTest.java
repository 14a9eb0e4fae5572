package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.synthetic.GaussianClusters;
import dev.flatness.hessian.BruteForce.Block;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.TraceEstimator;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.training.SgdTrainer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Networks without closed forms, against the definitions on their dense Hessians. */
class SampledMeasuresTest {
  private static final double ROUNDING = 1e-9;
  private static final int CLASSES = 3;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork().filter(network -> !network.piecewiseLinear());
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 40)
  void smoothNetworksAgreeWithTheirDenseHessians(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> found = Cases.measure(surface);
    BruteForce truth = new BruteForce(surface);
    double scale = truth.hessian.frobeniusNorm();
    ends(surface, found, truth);
    for (Node node : network.weightLayers()) {
      Block block = truth.new Block(node);
      String at = "@" + node.name();
      double norm = block.squaredNorm();
      double top = block.largestEigenvalue();
      assertThat(found.get("hessian-top-eigenvalue" + at).value())
          .isCloseTo(top, within(1e-8 * scale));
      assertThat(found.get("kappa" + at).value())
          .isCloseTo(norm * top, within(1e-8 * norm * scale));
      if (found.get("rho" + at).status() == Status.EXACT) {
        exactOrNear(found.get("rho" + at), block.rhoColumns(), norm * scale);
      }
      exactOrNear(found.get("rho-rows" + at), block.rhoRows(), norm * scale);
      Estimate normalized = found.get("relative-flatness-normalized" + at);
      assertThat(normalized.status()).isEqualTo(Status.NOT_APPLICABLE);
      assertThat(normalized.reason())
          .hasValue(
              "the network is not piecewise linear, so the inputs of its layers cannot be rescaled");
    }
  }

  private static void ends(NetworkSurface surface, Map<String, Estimate> found, BruteForce truth) {
    double[] eigenvalues = truth.hessian.eigenvalues();
    double bottom = eigenvalues[0];
    double top = eigenvalues[eigenvalues.length - 1];
    double norm = Math.max(Math.abs(top), Math.abs(bottom));
    double loss = surface.value(surface.network().parameterVector());
    double frobenius = truth.hessian.frobeniusNorm();
    double sharpness = norm * 1e-6 / (2 * (1 + loss));
    assertThat(found.get("hessian-top-eigenvalue").value()).isCloseTo(top, within(1e-8 * norm));
    assertThat(found.get("hessian-bottom-eigenvalue").value())
        .isCloseTo(bottom, within(1e-8 * norm));
    assertThat(found.get("hessian-frobenius-norm").value())
        .isCloseTo(frobenius, within(ROUNDING * frobenius));
    assertThat(found.get("epsilon-sharpness-quadratic").value())
        .isCloseTo(sharpness, within(1e-8 * sharpness));
  }

  @Property(tries = 8)
  void sampledNumbersHaveTheRightMean(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Pooled> found =
        Pooled.measure(
            surface,
            List.of(
                HessianTrace.withDefaults().withExactUpTo(0),
                Kappa.trace(),
                RelativeFlatness.withDefaults()));
    BruteForce truth = new BruteForce(surface);
    double scale = truth.hessian.frobeniusNorm();
    found.get("hessian-trace").agrees(truth.hessian.trace(), scale);
    for (Node node : network.weightLayers()) {
      Block block = truth.new Block(node);
      String at = "@" + node.name();
      double norm = block.squaredNorm();
      found.get("hessian-trace" + at).agrees(block.trace(), scale);
      found.get("kappa-tau" + at).agrees(norm * block.trace(), norm * scale);
      found
          .get("relative-flatness" + at)
          .agrees(block.relativeFlatness(null), norm * scale * block.inputs);
    }
  }

  /** Six standard errors and the rounding of the sums. */
  private static void near(Estimate estimate, double expected, double scale) {
    assertThat(estimate.status()).isEqualTo(Status.ESTIMATED);
    assertThat(estimate.products()).hasValue(32);
    double error = estimate.standardError().orElseThrow();
    assertThat(estimate.value())
        .as(estimate.toString())
        .isCloseTo(expected, within(6 * error + ROUNDING * scale));
  }

  private static void exactOrNear(Estimate estimate, double[] expected, double scale) {
    double[] values = estimate.values();
    if (estimate.status() == Status.EXACT) {
      assertThat(values).containsExactly(expected, within(ROUNDING * scale));
      assertThat(estimate.details()).doesNotContainKey("standardErrors");
      return;
    }
    assertThat(expected.length).isGreaterThan(32);
    List<?> errors = (List<?>) estimate.details().get("standardErrors");
    for (int j = 0; j < values.length; j++) {
      assertThat(values[j])
          .isCloseTo(expected[j], within(6 * (Double) errors.get(j) + ROUNDING * scale));
    }
  }

  /** 50 inputs, 40 tanh units, 3 outputs. */
  private static NetworkSurface wide() {
    Network network =
        Network.sequential(50)
            .dense("0", gaussian(0.2, 1, 40, 50), gaussian(0.1, 2, 40))
            .activate(Activation.TANH)
            .dense("2", gaussian(0.3, 3, 3, 40), gaussian(0.1, 4, 3))
            .build();
    return Cases.surface(network, Seed.of(2));
  }

  private static Map<String, Estimate> sampled(NetworkSurface surface) {
    return Cases.measure(Cases.sampled(Cases.subject(surface)), new HessianMeasures().measures());
  }

  private static Tensor gaussian(double deviation, int seed, int... shape) {
    double[] values =
        Vectors.gaussian(Arrays.stream(shape).reduce(1, (a, b) -> a * b), Seed.of(seed));
    for (int i = 0; i < values.length; i++) {
      values[i] *= deviation;
    }
    return Tensor.of(values, shape);
  }

  @Test
  void wideLayersAreSampledWithHonestErrors() {
    NetworkSurface surface = wide();
    BruteForce truth = new BruteForce(surface);
    Map<String, Estimate> found = sampled(surface);
    double squares = 0;
    int count = 0;
    for (Node node : surface.network().weightLayers()) {
      Block block = truth.new Block(node);
      Estimate rho = found.get("rho@" + node.name());
      assertThat(rho.status()).isEqualTo(Status.ESTIMATED);
      double[] expected = block.rhoColumns();
      exactOrNear(rho, expected, block.squaredNorm() * block.trace());
      List<?> errors = (List<?>) rho.details().get("standardErrors");
      for (int j = 0; j < expected.length; j++) {
        double z = (rho.values()[j] - expected[j]) / (Double) errors.get(j);
        squares += z * z;
        count++;
      }
      near(found.get("rho-sum@" + node.name()), Arrays.stream(expected).sum(), 1);
      near(found.get("relative-flatness@" + node.name()), block.relativeFlatness(null), 1);
    }
    // Student's t of 31 degrees of freedom has variance 31/29; 90 of them, not independent.
    assertThat(squares / count).isBetween(0.5, 2.0);
  }

  @Test
  void aggregatesAddUpTheirLayers() {
    Map<String, Estimate> found = sampled(wide());
    double sum = 0;
    double variance = 0;
    double max = 0;
    for (String layer : List.of("0", "2")) {
      Estimate tau = found.get("kappa-tau@" + layer);
      sum += tau.value();
      variance += Math.pow(tau.standardError().orElseThrow(), 2);
      max = Math.max(max, found.get("kappa@" + layer).value());
    }
    assertThat(found.get("kappa-tau-sum").value()).isEqualTo(sum);
    assertThat(found.get("kappa-tau-sum").standardError().orElseThrow())
        .isCloseTo(Math.sqrt(variance), within(1e-12 * sum));
    assertThat(found.get("kappa-tau-sum").status()).isEqualTo(Status.ESTIMATED);
    assertThat(found.get("kappa-max").value()).isEqualTo(max);
    assertThat(found.get("kappa-max").status()).isEqualTo(Status.CONVERGED);
    assertThat(found.get("kappa-max").details()).containsKey("largestLayer");
  }

  @Test
  void theMaximumOfAnExactLayerAndAnEstimatedOneHasTheErrorOfTheEstimate() {
    // 40 columns are estimated; 3 are not, and weights of 5 make theirs the largest.
    Network network =
        Network.sequential(40)
            .dense("0", gaussian(0.01, 1, 3, 40), gaussian(0.1, 2, 3))
            .activate(Activation.TANH)
            .dense("2", gaussian(5, 3, 2, 3), gaussian(0.1, 4, 2))
            .build();
    Map<String, Estimate> found =
        Cases.measure(
            Cases.sampled(Cases.subject(Cases.surface(network, Seed.of(2)))), List.of(Rho.max()));
    Estimate all = found.get("rho-max");
    assertThat(all.details()).containsEntry("largestLayer", "2");
    assertThat(all.value()).isEqualTo(found.get("rho-max@2").value());
    assertThat(found.get("rho-max@2").status()).isEqualTo(Status.EXACT);
    assertThat(all.status()).isEqualTo(Status.ESTIMATED);
    assertThat(all.standardError()).isEqualTo(found.get("rho-max@0").standardError()).isPresent();
  }

  @Test
  void frobeniusNormIsSampledAboveItsLimit() {
    NetworkSurface surface = wide();
    double truth = new BruteForce(surface).hessian.frobeniusNorm();
    Measure sampled = FrobeniusNorm.withDefaults().withExactUpTo(100);
    Estimate estimate = sampled.evaluate(Cases.subject(surface).withSeed(Cases.SEED)).get(0);
    near(estimate, truth, truth);
    assertThat(estimate.standardError().orElseThrow()).isLessThan(0.02 * truth);
    assertThat(estimate.method()).isEqualTo("deflated probes");
  }

  @Test
  void normalizedTracesAreDividedByTheNumberOfWeights() {
    NetworkSurface surface = wide();
    Subject normalized =
        Subject.of(
            surface,
            Settings.withDefaults().with(HessianTrace.NORMALIZE_TRACE, true),
            Monitor.NONE,
            Seed.of(0));
    List<Measure> measures =
        List.of(HessianTrace.withDefaults(), Kappa.trace(), Kappa.trace().max());
    Map<String, Estimate> plain = Cases.measure(Cases.subject(surface), measures);
    Map<String, Estimate> divided = Cases.measure(normalized, measures);
    for (String id : List.of("hessian-trace@0", "kappa-tau@0")) {
      assertThat(divided.get(id).value())
          .isCloseTo(plain.get(id).value() / 2000, within(1e-12 * plain.get(id).value()));
    }
    for (String id : List.of("hessian-trace", "kappa-tau-max")) {
      assertThat(divided.get(id).value()).isEqualTo(plain.get(id).value());
    }
  }

  @Test
  void onlyTheSelectedLayersHaveRows() {
    Subject one =
        Subject.of(
            wide(),
            Settings.withDefaults().with(Settings.LAYERS, java.util.Set.of("2")),
            Monitor.NONE,
            Seed.of(0));
    Map<String, Estimate> found = Cases.measure(one, new HessianMeasures().measures());
    assertThat(found).containsKeys("kappa@2", "rho-max@2", "rho-max").doesNotContainKey("kappa@0");
    assertThat(found.get("kappa-sum").value())
        .isEqualTo(Cases.measure(wide()).get("kappa-sum").value());
  }

  /**
   * What the default of smooth networks rests on: in a trained tanh network the rest beyond
   * Gauss–Newton is small. Errors of probes fall with the square root of their number, so a ninth
   * of the variance is a ninth of the probes.
   */
  @Test
  void behindTheGaussNewtonPartProbesHaveFarSmallerErrorsThanPlainOnes() {
    Dataset data =
        GaussianClusters.withDefaults()
            .withClasses(CLASSES)
            .withSeparation(2)
            .generate(400, Seed.of(1));
    Network start =
        Network.sequential(data.inputShape().size())
            .dense("0", gaussian(0.5, 1, 30, data.inputShape().size()), gaussian(0.1, 2, 30))
            .activate(Activation.TANH)
            .dense("2", gaussian(0.3, 3, 20, 30), gaussian(0.1, 4, 20))
            .activate(Activation.GELU)
            .dense("4", gaussian(0.3, 5, CLASSES, 20), null)
            .build();
    Network network =
        SgdTrainer.withDefaults()
            .train(start, data, SoftmaxCrossEntropy.onLogits(), Seed.of(2))
            .network();
    NetworkSurface surface = NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits());
    double truth = DenseSymmetric.of(Hessian.of(surface).at(network.parameterVector())).trace();
    Estimate split =
        HessianTrace.withDefaults()
            .withExactUpTo(0)
            .evaluate(Cases.subject(surface).withSeed(Seed.of(3)))
            .get(0);
    Estimate plain =
        HessianTrace.withDefaults()
            .withProbesOnly()
            .evaluate(Cases.subject(surface).withSeed(Seed.of(3)))
            .get(0);
    assertThat(split.method()).isEqualTo("gauss-newton and probes");
    assertThat(split.standardError().orElseThrow())
        .isLessThan(plain.standardError().orElseThrow() / 3);
    assertThat(split.value()).isCloseTo(truth, within(5 * split.standardError().orElseThrow()));
    Estimate chosen =
        HessianTrace.withDefaults()
            .withEstimator(TraceEstimator.hutchPlusPlus().withBudget(60))
            .evaluate(Cases.subject(surface).withSeed(Seed.of(3)))
            .get(0);
    assertThat(chosen.method()).isEqualTo("hutch++");
    assertThat(chosen.products()).hasValue(60);
    assertThat(chosen.value()).isCloseTo(truth, within(5 * chosen.standardError().orElseThrow()));
  }

  @Test
  void theTimeLimitStopsEveryIterationAndIsSaid() {
    Subject late =
        Subject.of(
            wide(),
            Settings.withDefaults().with(Settings.TIME_LIMIT, Duration.ofNanos(1)),
            Monitor.NONE,
            Seed.of(0));
    Map<String, Estimate> found = Cases.measure(late, new HessianMeasures().measures());
    assertThat(found.get("hessian-top-eigenvalue").status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.get("hessian-top-eigenvalue").reason()).hasValue("the time limit has passed");
    assertThat(found.get("kappa-sum").reason()).hasValue("in layer 0: the time limit has passed");
    assertThat(found.get("hessian-trace").reason())
        .hasValue("the time limit has passed after 32 of 2163 entries");
    assertThat(found.get("hessian-trace").value()).isNaN();
    assertThat(found.get("hessian-trace").status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.get("kappa-tau@0").reason())
        .hasValue("the time limit has passed after 32 of 2163 entries");
    assertThat(found.get("hessian-frobenius-norm").value()).isNaN();
    assertThat(found.get("hessian-frobenius-norm").reason())
        .hasValue("the time limit has passed after 32 of 2163 columns");
    assertThat(found.get("rho@0").status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.get("rho@0").reason())
        .hasValue("the time limit has passed after 32 of 50 products");
    assertThat(found.get("rho-rows@0").values()).containsOnly(Double.NaN);
    assertThat(found.get("rho-rows@0").reason())
        .hasValue("the time limit has passed after 32 of 40 products");
    Map<String, Estimate> sampled =
        Cases.measure(Cases.sampled(late), List.of(HessianTrace.withDefaults().withExactUpTo(0)));
    for (String id : List.of("hessian-trace", "hessian-trace@0")) {
      assertThat(sampled.get(id).status()).isEqualTo(Status.NOT_CONVERGED);
      assertThat(sampled.get(id).reason())
          .hasValue("the time limit has passed after 8 of 32 probes");
    }
  }

  /** What is exact by quadratic forms, against the dense Hessian; weights may be shared. */
  @Property(tries = 40)
  void smallNetworksAreExact(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    BruteForce truth = new BruteForce(surface);
    Map<String, Estimate> found = Cases.measure(surface);
    double scale = truth.hessian.frobeniusNorm();
    exact(found.get("hessian-trace"), truth.hessian.trace(), scale);
    for (Node node : network.weightLayers()) {
      Block block = truth.new Block(node);
      String at = "@" + node.name();
      double norm = block.squaredNorm();
      exact(found.get("hessian-trace" + at), block.trace(), scale);
      exact(found.get("kappa-tau" + at), norm * block.trace(), norm * scale);
      double size = norm * scale * block.inputs;
      exact(found.get("relative-flatness" + at), block.relativeFlatness(null), size);
      exact(found.get("rho-sum" + at), Arrays.stream(block.rhoColumns()).sum(), norm * scale);
    }
  }

  private static void exact(Estimate estimate, double expected, double scale) {
    assertThat(estimate.status()).as(estimate.toString()).isEqualTo(Status.EXACT);
    assertThat(estimate.standardError()).isEmpty();
    assertThat(estimate.interval()).isEmpty();
    assertThat(estimate.value()).isCloseTo(expected, within(ROUNDING * scale));
  }

  @Property(tries = 10)
  void noNumberDependsOnWhatElseIsAskedFor(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Assume.that(network.parameterCount() < 250);
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> together = Cases.measure(surface);
    for (Measure measure : new HessianMeasures().measures()) {
      Cases.measure(Cases.subject(surface), List.of(measure))
          .forEach(
              (name, alone) ->
                  assertThat(alone.values()).as(name).isEqualTo(together.get(name).values()));
    }
  }
}
