package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Outcome estimates pooled over 40 seeds. One budget of 32 probes of a matrix of low rank is too
 * far from normal to be judged by its own error; 1,280 probes are not.
 */
final class Pooled {
  private static final int SEEDS = 40;

  private double sum;
  private double variance;
  private String name;

  static Map<String, Pooled> measure(NetworkSurface surface, List<? extends Measure> measures) {
    Map<String, Pooled> pooled = new HashMap<>();
    for (int i = 0; i < SEEDS; i++) {
      Seed seed = Cases.SEED.split(i);
      for (Measure measure : measures) {
        for (Estimate estimate :
            measure.evaluate(Cases.sampled(Cases.subject(surface)).withSeed(seed))) {
          String at = estimate.layer().isEmpty() ? "" : "@" + estimate.layer().get();
          Pooled pool = pooled.computeIfAbsent(estimate.id() + at, name -> new Pooled());
          pool.name = estimate.id() + at;
          pool.sum += estimate.value() / SEEDS;
          double error = estimate.standardError().orElse(0) / SEEDS;
          pool.variance += error * error;
        }
      }
    }
    return pooled;
  }

  /** Within six standard errors, and rounding at a scale. */
  void agrees(double expected, double scale) {
    assertThat(sum)
        .as(name)
        .isCloseTo(expected, within(6 * Math.sqrt(variance) + 1e-9 * Math.abs(scale)));
  }
}
