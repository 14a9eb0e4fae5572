package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Permutation;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The measures invariant by construction, under factors that span six orders of magnitude. */
class OrbitInvarianceTest {
  private static final double SPREAD = 1000;

  private static final List<Measure> DIRECT =
      List.of(FisherRaoNorm.withDefaults(), LogWeightTrace.withDefaults());

  /** Those that pick a representative or minimise, which need dead classes pruned. */
  private static final List<Measure> MINIMISING =
      List.of(
          MinimalTrace.onOrbit(),
          MinimalTrace.layerWise(),
          NormalizedSharpness.withDefaults(),
          GaugedMeasure.minimumNorm(HessianTrace.withDefaults()),
          GaugedMeasure.minimumNorm(SquaredNorm.withDefaults()));

  /**
   * Half of the networks have two fifths of their weights set to 0: dead units and zero weights.
   */
  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear()
        .flatMap(
            network ->
                seeds()
                    .map(
                        seed ->
                            seed.split("sparse").value() < 0 ? network : sparse(network, seed)));
  }

  @Provide
  Arbitrary<Network> smooth() {
    return NetworkArbitraries.anyNetwork().filter(network -> !network.piecewiseLinear());
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static Network sparse(Network network, Seed seed) {
    RandomGenerator generator = seed.split("zeros").generator();
    double[] theta = network.parameterVector();
    for (int i = 0; i < theta.length; i++) {
      theta[i] = generator.nextDouble() < 0.4 ? 0 : theta[i];
    }
    return network.withParameters(theta);
  }

  @Property(tries = 40)
  void piecewiseLinearNetworksKeepEveryNumber(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    keeps(network, seed, DIRECT);
    keeps(network, seed, MINIMISING);
  }

  @Property(tries = 25)
  void smoothNetworksKeepEveryNumber(
      @ForAll("smooth") Network network, @ForAll("seeds") Seed seed) {
    keeps(network, seed, DIRECT);
    keeps(network, seed, MINIMISING.subList(0, 3));
    keeps(network, seed, List.of(Rho.max(), Rho.sum()));
    keeps(network, seed, List.of(LogWeightTrace.withDefaults().withProbesOnly()));
  }

  private static void keeps(Network network, Seed seed, List<Measure> measures) {
    NetworkSurface surface = Cases.surface(network, seed);
    ScaleClasses classes = ScaleClasses.of(network);
    Rescaling neurons = Rescaling.random(classes, SPREAD, seed.split("neurons"));
    Rescaling layers = Rescaling.randomLayerWise(classes, SPREAD, seed.split("layers"));
    Map<String, Estimate> before = measure(surface, network, measures);
    Map<String, Estimate> after = measure(surface, neurons.applyTo(network), measures);
    Map<String, Estimate> afterLayers = measure(surface, layers.applyTo(network), measures);
    Map<String, Estimate> permuted =
        measure(surface, Permutation.random(network, seed).applyTo(network), measures);
    Map<String, Double> tolerances = tolerances(surface, network, seed, measures);
    before.forEach(
        (name, estimate) -> {
          double tolerance = tolerances.get(name);
          if (!name.startsWith("layer-minimal-trace")) {
            same(estimate, after.get(name), tolerance);
          }
          same(estimate, afterLayers.get(name), tolerance);
          if (estimate.standardError().isEmpty()) {
            // Probes do not move with the units.
            same(estimate, permuted.get(name), tolerance);
          }
        });
  }

  /**
   * Rescaling rounds every weight, and sums are rounded as before: the number found is that of
   * weights changed by some 100 roundings at most (the sums have up to 100 terms). The condition,
   * how far a number moves when every weight changes by η, is measured along three random sign
   * patterns; the worst pattern moves it at most √p, p ≤ 400, times as far.
   *
   * <p>A representative is found to a relative imbalance of r = 1e-12, so ln c to r/λ, λ the least
   * eigenvalue of the normalised Laplacian: at least 1/H² for H ≤ 30 classes in a row. Sums of
   * squares at it move by at most four times that.
   */
  private static Map<String, Double> tolerances(
      NetworkSurface surface, Network network, Seed seed, List<Measure> measures) {
    double eta = 1e-7;
    double roundings = 100 * Math.ulp(1.0) * Math.sqrt(400);
    Map<String, Double> tolerances = new HashMap<>();
    Map<String, Estimate> here = measure(surface, network, measures);
    here.forEach(
        (name, estimate) ->
            tolerances.put(name, name.contains("minim") ? 4e-9 * Math.abs(estimate.value()) : 0));
    for (int pattern = 0; pattern < 3; pattern++) {
      double[] signs = new double[network.parameterCount()];
      Vectors.signs(signs, seed.split("pattern").split(pattern));
      double[] theta = network.parameterVector();
      for (int i = 0; i < theta.length; i++) {
        theta[i] *= 1 + eta * signs[i];
      }
      measure(surface, network.withParameters(theta), measures)
          .forEach(
              (name, moved) -> {
                double change = Math.abs(moved.value() - here.get(name).value()) / eta;
                double size = Math.abs(here.get(name).value());
                tolerances.merge(name, roundings * Math.max(change, size), Math::max);
              });
    }
    return tolerances;
  }

  private static void same(Estimate before, Estimate after, double tolerance) {
    assertThat(after.status()).isEqualTo(before.status());
    assertThat(after.value())
        .as(before + " became " + after)
        .isCloseTo(before.value(), within(tolerance));
  }

  private static Map<String, Estimate> measure(
      NetworkSurface surface, Network network, List<Measure> measures) {
    return Cases.measure(Cases.subject(Cases.moved(surface, network)), measures);
  }

  /** Derivatives at live parameters are those of the pruned network; Hessian traces are not. */
  @Property(tries = 40)
  void deadUnitsAndTheirWeightsCountForNothing(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Network pruned = DeadClasses.of(network).pruned();
    for (List<Measure> measures : List.of(DIRECT, MINIMISING)) {
      Map<String, Estimate> found = measure(surface, network, measures);
      measure(surface, pruned, measures)
          .forEach(
              (name, estimate) ->
                  assertThat(found.get(name).value())
                      .as(name)
                      .isCloseTo(estimate.value(), within(1e-12 * Math.abs(estimate.value()))));
    }
  }
}
