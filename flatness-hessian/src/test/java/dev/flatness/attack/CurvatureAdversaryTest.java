package dev.flatness.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.audit.Adversary;
import dev.flatness.hessian.Cases;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The rescalings of the adversary stay within the spread and move the trace. */
class CurvatureAdversaryTest {
  private static final double SPREAD = 1000;

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.anyNetwork();
  }

  @Provide
  Arbitrary<Network> piecewise() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 30)
  void factorsStayWithinTheSpread(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = Cases.subject(Cases.surface(network, seed));
    List<Rescaling> found = new CurvatureAdversary().against(subject, SPREAD, seed);
    int free = ScaleClasses.of(network).freeCount();
    assertThat(found.isEmpty()).isEqualTo(free == 0);
    for (Rescaling rescaling : found) {
      assertThat(rescaling.factors()).hasSize(free);
      assertThat(Arrays.stream(rescaling.factors()))
          .allSatisfy(c -> assertThat(c).isBetween(1 / SPREAD, SPREAD));
    }
    List<Rescaling> again = new CurvatureAdversary().against(subject, SPREAD, seed);
    for (int i = 0; i < found.size(); i++) {
      assertThat(again.get(i).factors()).isEqualTo(found.get(i).factors());
    }
  }

  @Property(tries = 20)
  void theTraceMoves(@ForAll("piecewise") Network network, @ForAll("seeds") Seed seed) {
    Subject subject = Cases.subject(Cases.surface(network, seed));
    List<Rescaling> found = new CurvatureAdversary().against(subject, SPREAD, seed);
    int free = ScaleClasses.of(network).freeCount();
    double[] diagonal = HessianTrace.diagonal(subject);
    double[] steepest = new double[1];
    ScaleClasses.of(network)
        .forEachEdge(
            (position, from, to) ->
                steepest[0] =
                    to < free && from != to
                        ? Math.max(steepest[0], diagonal[position])
                        : steepest[0]);
    double largest =
        found.stream().mapToDouble(rescaling -> trace(subject, rescaling)).max().orElse(0);
    assertThat(largest).isGreaterThanOrEqualTo(steepest[0] * SPREAD * SPREAD * (1 - 1e-9));
  }

  private static double trace(Subject subject, Rescaling rescaling) {
    Network moved = rescaling.applyTo(subject.network());
    return Arrays.stream(HessianTrace.diagonal(subject.at(moved))).sum();
  }

  @Example
  void auditsFindIt() {
    assertThat(ServiceLoader.load(Adversary.class).stream().map(ServiceLoader.Provider::type))
        .contains(CurvatureAdversary.class);
  }
}
