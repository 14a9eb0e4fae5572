package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Every declared invariance, on random networks of every architecture. */
class InvarianceTest {
  /** Factors within [1e-3, 1e3]: six orders of magnitude. */
  private static final double SPREAD = 1000;

  /**
   * The eigenvalues behind κ are found to 1e-8 of their matrix's norm, which is the largest of what
   * may differ. Everything else here is a sum of products of rescaled factors whose exact values
   * are the same: a factor of an activation, a cotangent or a weight is rounded once and its sums
   * of at most 100 terms as before, so that terms move by some 100 ulp, 2e-14, of their own size;
   * numbers are compared relative to the largest entry of their list, and the sums of squares among
   * them have terms of one sign. What cancels, wᵀHw of a ρ, is smaller than its terms by the
   * condition of a random layer, some 1e3 at most in these draws: 2e-11.
   */
  private static final double TOLERANCE = 1e-8;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 60)
  void whatIsClaimedHoldsUnderRandomRescalings(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    claimsHold(
        network,
        seed,
        Rescaling.random(classes, SPREAD, seed.split("neurons")),
        Rescaling.randomLayerWise(classes, SPREAD, seed.split("layers")),
        TOLERANCE);
  }

  @Property(tries = 40)
  void powersOfTwoChangeNoBit(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    ScaleClasses classes = ScaleClasses.of(network);
    claimsHold(
        network,
        seed,
        Rescaling.randomPowersOfTwo(classes, 6, seed.split("neurons")),
        Rescaling.randomLayerWise(classes, SPREAD, seed.split("layers")).roundedToPowersOfTwo(),
        0);
  }

  private static void claimsHold(
      Network network, Seed seed, Rescaling neurons, Rescaling layers, double tolerance) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> before = Cases.measure(surface);
    Map<String, Estimate> afterNeurons =
        Cases.measure(Cases.moved(surface, neurons.applyTo(network)));
    Map<String, Estimate> afterLayers =
        Cases.measure(Cases.moved(surface, layers.applyTo(network)));
    before.forEach(
        (name, estimate) -> {
          if (tolerance > 0 && estimate.id().equals("adaptive-sharpness")) {
            // Where a search stops is no smooth function of rounding: SharpnessMeasuresTest.
            return;
          }
          Scaling claim = estimate.invariance().scaling();
          if (claim == Scaling.NEURON_WISE) {
            unchanged(estimate, afterNeurons.get(name), tolerance);
          }
          if (claim != Scaling.NONE && claim != Scaling.NEURON_WISE_EXCEPT_INPUTS) {
            unchanged(estimate, afterLayers.get(name), tolerance);
          }
        });
    for (Node layer : network.weightLayers()) {
      String name = "relative-flatness@" + layer.name();
      Network moved = neurons.keepingInputsOf(layer).applyTo(network);
      Map<String, Estimate> after =
          Cases.measure(
              Cases.subject(Cases.moved(surface, moved)), List.of(RelativeFlatness.withDefaults()));
      unchanged(before.get(name), after.get(name), tolerance);
    }
  }

  private static void unchanged(Estimate before, Estimate after, double tolerance) {
    assertThat(after.status()).isEqualTo(before.status());
    double[] expected = before.values();
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    if (Double.isNaN(largest)) {
      assertThat(after.values()).containsOnly(Double.NaN);
    } else {
      assertThat(after.values())
          .as(before + " became " + after)
          .containsExactly(expected, within(tolerance * largest));
    }
  }

  @Test
  void whatIsNotClaimedMoves() {
    Map<String, Integer> moved = new HashMap<>();
    int networks = 0;
    RandomNetworks configuration =
        RandomNetworks.withDefaults()
            .withArchitectures(
                RandomNetworks.Architecture.DENSE, RandomNetworks.Architecture.CONVOLUTIONAL);
    for (int i = 0; i < 40; i++) {
      Seed seed = Seed.of(500).split(i);
      Network network = configuration.draw(seed);
      ScaleClasses classes = ScaleClasses.of(network);
      if (classes.freeCount() < 2) {
        continue;
      }
      networks++;
      NetworkSurface surface = Cases.surface(network, seed);
      Rescaling rescaling = Rescaling.random(classes, SPREAD, seed.split("neurons"));
      Map<String, Estimate> before = Cases.measure(surface);
      Map<String, Estimate> after = Cases.measure(Cases.moved(surface, rescaling.applyTo(network)));
      Set<String> ids = new java.util.HashSet<>();
      before.forEach(
          (name, estimate) -> {
            if (differ(estimate, after.get(name))) {
              ids.add(estimate.id());
            }
          });
      ids.forEach(id -> moved.merge(id, 1, Integer::sum));
    }
    assertThat(networks).isGreaterThanOrEqualTo(25);
    for (String id :
        List.of(
            "hessian-trace",
            "hessian-top-eigenvalue",
            "hessian-bottom-eigenvalue",
            "hessian-frobenius-norm",
            "epsilon-sharpness",
            "epsilon-sharpness-quadratic",
            "expected-sharpness",
            "l2-norm-squared",
            "kappa",
            "kappa-tau",
            "kappa-max",
            "kappa-sum",
            "kappa-tau-max",
            "kappa-tau-sum",
            "relative-flatness")) {
      // A network whose hidden units are all dead on the data has curvature in the last bias alone.
      assertThat(moved.getOrDefault(id, 0)).as(id).isGreaterThanOrEqualTo(networks * 3 / 4);
    }
    for (String id :
        List.of("rho", "rho-rows", "rho-max", "rho-sum", "relative-flatness-normalized")) {
      assertThat(moved).doesNotContainKey(id);
    }
  }

  private static boolean differ(Estimate before, Estimate after) {
    double[] x = before.values();
    double[] y = after.values();
    for (int i = 0; i < x.length; i++) {
      if (Math.abs(x[i] - y[i]) > 1e-3 * Math.max(Math.abs(x[i]), Math.abs(y[i]))
          && Math.abs(x[i] - y[i]) > 1e-9) {
        return true;
      }
    }
    return false;
  }
}
