package dev.flatness.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void theSameSeedGivesTheSameNumbers() {
    Seed seed = Seed.of(7).split("probes").split(3);
    assertThat(seed).isEqualTo(Seed.of(7).split("probes").split(3));
    assertThat(seed.generator().longs(20).toArray())
        .containsExactly(seed.generator().longs(20).toArray());
  }

  @Test
  void childrenOfNeighbouringSeedsAndLabelsAllDiffer() {
    Set<Long> seen = new HashSet<>();
    for (long root = -50; root < 50; root++) {
      assertThat(seen.add(Seed.of(root).split("a").value())).isTrue();
      for (long label = -50; label < 50; label++) {
        assertThat(seen.add(Seed.of(root).split(label).value())).isTrue();
      }
    }
    assertThat(Seed.of(1).split(2).split(3)).isNotEqualTo(Seed.of(1).split(3).split(2));
  }

  @Test
  void streamsOfChildrenAreUncorrelated() {
    int n = 20_000;
    for (long label = 0; label < 5; label++) {
      RandomGenerator a = Seed.of(1).split(label).generator();
      RandomGenerator b = Seed.of(1).split(label + 1).generator();
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (2 * a.nextDouble() - 1) * (2 * b.nextDouble() - 1);
      }
      // Products of two uniform numbers have variance 1/9; five standard errors.
      assertThat(sum / n).isCloseTo(0, within(5 / (3 * Math.sqrt(n))));
    }
  }
}
