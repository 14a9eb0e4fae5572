package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.Lanczos;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;

/** Extreme eigenvalues of networks whose units were rescaled by many orders of magnitude. */
class BadlyScaledNetworksTest {
  private static final List<Measure> MEASURES =
      List.of(ExtremeEigenvalue.top(), ExtremeEigenvalue.bottom(), Kappa.topEigenvalue());

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.networks(RandomNetworks.withDefaults().withMaximumParameters(250));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  @Property(tries = 60)
  void everyEndIsThatOfTheDenseMatrix(
      @ForAll("networks") Network network,
      @ForAll("seeds") Seed seed,
      @ForAll @IntRange(min = 0, max = 4) int decades) {
    Network rescaled =
        Rescaling.random(ScaleClasses.of(network), Math.pow(10, decades), seed).applyTo(network);
    NetworkSurface surface = Cases.surface(rescaled, seed);
    Subject subject = Subject.of(surface, Settings.withDefaults(), Monitor.NONE, seed);
    Map<String, Estimate> found = Cases.measure(subject, MEASURES);
    double[] theta = rescaled.parameterVector();
    double[] all = DenseSymmetric.of(surface.hessian(theta)).eigenvalues();
    agrees(found.get("hessian-bottom-eigenvalue"), all[0], norm(all));
    agrees(found.get("hessian-top-eigenvalue"), all[all.length - 1], norm(all));
    for (Node layer : rescaled.weightLayers()) {
      double[] own = DenseSymmetric.of(Hessian.ofLayer(surface, layer).at(theta)).eigenvalues();
      double top = own[own.length - 1];
      double size = HessianFacts.squaredNorm(subject, layer);
      agrees(found.get("hessian-top-eigenvalue@" + layer.name()), top, norm(own));
      agrees(found.get("kappa@" + layer.name()), size * top, size * norm(own));
    }
  }

  private static double norm(double[] eigenvalues) {
    return Math.max(Math.abs(eigenvalues[0]), Math.abs(eigenvalues[eigenvalues.length - 1]));
  }

  /** How many checks took all their products without meeting their bound, and missed by more. */
  private static int capped;

  private static int missed;

  /**
   * The residual bounds the distance to an eigenvalue. Where the check met its bound, it bounds how
   * far beyond it the end may be. Inside a dense bulk a few products cannot meet it: such ends may
   * be missed by a little more than the tolerance, which must be rare, and never by something that
   * shows on the scale of the matrix.
   */
  private static void agrees(Estimate estimate, double expected, double norm) {
    double allowed = 2 * Lanczos.withDefaults().tolerance() * norm;
    double distance = Math.abs(estimate.orThrow().value() - expected);
    if (estimate.reason().orElseThrow().contains("in the most products it takes")) {
      capped++;
      missed += distance > allowed ? 1 : 0;
      assertThat(distance).isLessThanOrEqualTo(1e-3 * norm);
    } else {
      assertThat(distance).isLessThanOrEqualTo(allowed);
    }
  }

  @AfterProperty
  void missesAreRare() {
    assertThat(capped).isPositive();
    assertThat((double) missed / capped).isLessThanOrEqualTo(0.05);
  }
}
