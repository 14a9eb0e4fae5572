package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.audit.AuditedNumber;
import dev.flatness.audit.Drift;
import dev.flatness.audit.TransformationFamily;
import dev.flatness.data.Dataset;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a measure does not claim is not true by accident: some network shows that it moves. */
class AuditMovesTest {
  private static final Seed SEED = Seed.of(18);

  @Test
  void everyMeasureMovesUnderEveryFamilyThatItDoesNotClaim() {
    Set<String> wanted = new TreeSet<>();
    Set<String> moved = new TreeSet<>();
    for (Measure measure : MeasureCatalog.installed().measures()) {
      for (Scope scope : measure.scopes()) {
        for (TransformationFamily family : TransformationFamily.values()) {
          if (!family.isClaimedBy(measure.invariance(scope))) {
            wanted.add(pair(measure.id(), scope, family));
          }
        }
      }
    }
    for (int i = 0; i < 10; i++) {
      Network network = moving(SEED.split("moving").split(i), i);
      seen(audit(network, i, "all").trials(2).report(), wanted, moved);
    }
    // The bound of Theorem 5.1 needs equal widths and no biases; an estimate needs a large change.
    AuditRequest psi = audit(equalWidths(), 10, "psi");
    seen(psi.transformations(TransformationFamily.PERMUTATION).trials(20).report(), wanted, moved);
    // What no network can move: volumes are infinite on the whole orbit, and the number of basis
    // paths m − H counts, whichever units are which.
    Set<String> cannot = new TreeSet<>(Set.of("basis-path-count network permutation"));
    for (TransformationFamily family : TransformationFamily.values()) {
      if (family != TransformationFamily.PERMUTATION) {
        cannot.add(pair("volume-flatness", Scope.NETWORK, family));
      }
    }
    assertThat(wanted).hasSizeGreaterThan(100).containsAll(cannot);
    wanted.removeAll(moved);
    assertThat(wanted).isEqualTo(cannot);
  }

  private static AuditRequest audit(Network network, int seed, String group) {
    Dataset data = RandomDatasets.labelled(network, 8, SEED.split("data").split(seed));
    return Flatness.of(network).on(data, SoftmaxCrossEntropy.onLogits()).audit(group).seed(seed);
  }

  private static void seen(AuditReport report, Set<String> wanted, Set<String> moved) {
    for (AuditedNumber number : report.findings().numbers()) {
      for (Drift drift : number.drifts()) {
        String pair = pair(number.before().id(), number.before().scope(), drift.family());
        if (!drift.claimed()) {
          wanted.add(pair);
          if (drift.moved()) {
            moved.add(pair);
          }
        }
      }
    }
  }

  private static Network equalWidths() {
    RandomGenerator random = SEED.split("equal widths").split(1).generator();
    return Network.sequential(4)
        .dense("fc1", uneven(random, 5, 4), null)
        .relu()
        .dense("fc2", uneven(random, 5, 5), null)
        .relu()
        .dense("fc3", uneven(random, 3, 5), null)
        .build();
  }

  /** Weights of different sizes, so that it matters which of them the skeleton takes. */
  private static Tensor uneven(RandomGenerator random, int rows, int columns) {
    double[] values = new double[rows * columns];
    Arrays.setAll(values, i -> random.nextGaussian() * Math.exp(random.nextGaussian()));
    return Tensor.of(values, rows, columns);
  }

  private static String pair(String id, Scope scope, TransformationFamily family) {
    return id + " " + scope.id() + " " + family.id();
  }

  /** Chains of dense layers have every family, and the diagonal rule of basis paths. */
  private static Network moving(Seed seed, int number) {
    RandomNetworks any = RandomNetworks.withDefaults().withMaximumParameters(90);
    RandomNetworks kind =
        number % 2 == 0 ? any.withArchitectures(RandomNetworks.Architecture.DENSE) : any;
    return IntStream.range(0, 1000)
        .mapToObj(i -> kind.draw(seed.split(i)))
        .filter(network -> network.output().shape().size() > 1)
        .findFirst()
        .orElseThrow();
  }
}
