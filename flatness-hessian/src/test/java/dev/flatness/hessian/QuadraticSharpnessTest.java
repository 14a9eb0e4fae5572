package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomNetworks;
import org.junit.jupiter.api.Test;

/** Far from a minimum the spectrum is nearly symmetric: either end may give the norm. */
class QuadraticSharpnessTest {
  private static NetworkSurface farFromAMinimum(Seed seed) {
    Network network =
        RandomNetworks.withDefaults()
            .withArchitectures(RandomNetworks.Architecture.DENSE)
            .draw(seed);
    int outputs = network.output().shape().size();
    int inputs = network.inputShape().size();
    double[] targets = Vectors.gaussian(10 * outputs, seed.split("targets"));
    for (int i = 0; i < targets.length; i++) {
      targets[i] *= 1000;
    }
    Dataset data =
        Datasets.of(
            Tensor.of(Vectors.gaussian(10 * inputs, seed.split("inputs")), 10, inputs),
            Tensor.of(targets, 10, outputs));
    return Cases.surface(network, data, SquaredError.summed());
  }

  @Test
  void theNormIsTheLargerMagnitudeOfBothEnds() {
    int negative = 0;
    for (int i = 0; i < 30; i++) {
      NetworkSurface surface = farFromAMinimum(Seed.of(40).split(i));
      double[] eigenvalues = new BruteForce(surface).hessian.eigenvalues();
      double top = eigenvalues[eigenvalues.length - 1];
      double norm = Math.max(top, -eigenvalues[0]);
      negative += norm > top ? 1 : 0;
      Estimate estimate =
          QuadraticSharpness.withDefaults()
              .evaluate(Cases.subject(surface).withSeed(Cases.SEED))
              .get(0)
              .orThrow();
      double found = (Double) estimate.details().get("spectralNorm");
      assertThat(found).isCloseTo(norm, within(1e-8 * norm));
      double loss = surface.value(surface.network().parameterVector());
      double sharpness = norm * 1e-6 / (2 * (1 + loss));
      assertThat(estimate.value()).isCloseTo(sharpness, within(1e-8 * sharpness));
    }
    assertThat(negative).as("norms given by the smallest eigenvalue").isBetween(3, 27);
  }

  @Test
  void anEndThatDidNotConvergeIsSaid() {
    int open = 0;
    for (int i = 0; i < 10; i++) {
      Subject few =
          Subject.of(
              farFromAMinimum(Seed.of(40).split(i)),
              Settings.withDefaults().with(Settings.MAX_PRODUCTS, 3),
              Monitor.NONE,
              Seed.of(0));
      Estimate estimate =
          QuadraticSharpness.withDefaults().evaluate(few.withSeed(Cases.SEED)).get(0);
      if (estimate.status() == Status.NOT_CONVERGED) {
        open++;
        assertThat(estimate.reason()).hasValue("the limit of 3 products was reached");
        assertThat(estimate.value()).isPositive();
      }
    }
    assertThat(open).isGreaterThanOrEqualTo(8);
  }
}
