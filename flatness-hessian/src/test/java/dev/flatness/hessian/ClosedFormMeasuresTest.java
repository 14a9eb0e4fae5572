package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.BruteForce.Block;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ClosedFormMeasuresTest {
  /** Sums of some 10⁵ products of rounded numbers against their largest part. */
  private static final double ROUNDING = 1e-9;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 60)
  void everyMeasureEqualsItsDefinitionOnTheDenseHessian(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> found = Cases.measure(surface);
    BruteForce truth = new BruteForce(surface);
    found.values().forEach(Estimate::orThrow);

    networkMeasures(surface, found, truth);
    double kappaSum = 0;
    double kappaMax = 0;
    double tauSum = 0;
    double tauMax = 0;
    double rhoSum = 0;
    double rhoMax = 0;
    for (Node node : network.weightLayers()) {
      Block block = truth.new Block(node);
      double norm = block.squaredNorm();
      double top = block.largestEigenvalue();
      double trace = block.trace();
      String at = "@" + node.name();
      agrees(found.get("hessian-trace" + at), trace, trace);
      agrees(found.get("hessian-top-eigenvalue" + at), top, 10 * top);
      agrees(found.get("kappa" + at), norm * top, 10 * norm * top);
      agrees(found.get("kappa-tau" + at), norm * trace, norm * trace);
      double[] columns = block.rhoColumns();
      // Cancellation inside wᵀHw is bounded by the trace times the norm.
      agree(found.get("rho" + at), columns, norm * trace);
      agree(found.get("rho-rows" + at), block.rhoRows(), norm * trace);
      double max = Arrays.stream(columns).max().orElseThrow();
      double sum = Arrays.stream(columns).sum();
      agrees(found.get("rho-max" + at), max, norm * trace);
      agrees(found.get("rho-sum" + at), sum, norm * trace);
      agrees(found.get("relative-flatness" + at), block.relativeFlatness(null), norm * trace);
      normalized(found.get("relative-flatness-normalized" + at), block);
      kappaSum += norm * top;
      kappaMax = Math.max(kappaMax, norm * top);
      tauSum += norm * trace;
      tauMax = Math.max(tauMax, norm * trace);
      rhoSum += sum;
      rhoMax = Math.max(rhoMax, max);
    }
    agrees(found.get("kappa-max"), kappaMax, 10 * kappaMax);
    agrees(found.get("kappa-sum"), kappaSum, 10 * kappaSum);
    agrees(found.get("kappa-tau-max"), tauMax, tauMax);
    agrees(found.get("kappa-tau-sum"), tauSum, tauSum);
    agrees(found.get("rho-max"), rhoMax, tauSum);
    agrees(found.get("rho-sum"), rhoSum, tauSum);
  }

  private static void networkMeasures(
      NetworkSurface surface, Map<String, Estimate> found, BruteForce truth) {
    double[] eigenvalues = truth.hessian.eigenvalues();
    double bottom = eigenvalues[0];
    double top = eigenvalues[eigenvalues.length - 1];
    double norm = Math.max(Math.abs(top), Math.abs(bottom));
    double frobenius = truth.hessian.frobeniusNorm();
    agrees(found.get("hessian-trace"), truth.hessian.trace(), 10 * frobenius);
    agrees(found.get("hessian-top-eigenvalue"), top, 10 * norm);
    agrees(found.get("hessian-bottom-eigenvalue"), bottom, 10 * norm);
    agrees(found.get("hessian-frobenius-norm"), frobenius, frobenius);
    double[] theta = surface.network().parameterVector();
    double loss = surface.value(theta);
    double sharpness = norm * 1e-6 / (2 * (1 + loss));
    agrees(found.get("epsilon-sharpness-quadratic"), sharpness, 10 * sharpness);
    assertThat(found.get("epsilon-sharpness-quadratic").details()).containsEntry("epsilon", 1e-3);
    double square = Arrays.stream(theta).map(x -> x * x).sum();
    agrees(found.get("l2-norm-squared"), square, square);
  }

  private static void normalized(Estimate estimate, Block block) {
    if (estimate.status() == Status.NOT_APPLICABLE) {
      assertThat(estimate.value()).isNaN();
      assertThat(estimate.reason())
          .hasValue(
              "the layer reads the network's input, which cannot be rescaled; it is defined from"
                  + " the second weight layer on, and from the first where the inputs are features"
                  + " of another network (--inputs-are-features)");
      return;
    }
    double[] spread = block.spreads();
    double value = block.relativeFlatness(spread);
    double smallest = Arrays.stream(spread).filter(s -> s > 0).min().orElse(1);
    double largest = Arrays.stream(spread).max().orElse(1);
    double condition = smallest == 0 ? 1 : Math.pow(largest / smallest, 2);
    agrees(estimate, value, block.squaredNorm() * block.trace() * condition);
    assertThat(estimate.details())
        .containsEntry("droppedFeatures", (int) Arrays.stream(spread).filter(s -> s == 0).count());
  }

  private static void agrees(Estimate estimate, double expected, double scale) {
    assertThat(estimate.value())
        .as(estimate.toString())
        .isCloseTo(expected, within(ROUNDING * Math.abs(scale)));
  }

  private static void agree(Estimate estimate, double[] expected, double scale) {
    assertThat(estimate.values())
        .as(estimate.toString())
        .containsExactly(expected, within(ROUNDING * Math.abs(scale)));
  }

  @Property(tries = 8)
  void probesAgreeWithClosedFormsWithinTheirErrors(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    Map<String, Estimate> exact =
        Cases.measure(Cases.subject(surface), List.of(HessianTrace.withDefaults()));
    Map<String, Pooled> sampled =
        Pooled.measure(surface, List.of(HessianTrace.withDefaults().withProbesOnly()));
    exact.forEach((name, estimate) -> sampled.get(name).agrees(estimate.value(), estimate.value()));
  }
}
