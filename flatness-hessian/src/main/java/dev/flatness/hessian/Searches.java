package dev.flatness.hessian;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Subject;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the measures that search or sample around the parameters have in common. */
final class Searches {
  private Searches() {}

  static SharpnessResult run(
      SharpnessSearch search,
      Subject subject,
      PerturbationSet set,
      Optional<double[]> eigenvector,
      String id) {
    return SurfacePoint.ofNetwork(subject)
        .highest(
            search,
            set,
            new SharpnessSearch.Known(Optional.of(subject.get(Facts.SLOPE)), eigenvector),
            id);
  }

  /** The facts of a search, in the order of the report. */
  static Estimate described(Estimate estimate, SharpnessResult found) {
    return estimate
        .withDetail("gradients", found.gradients())
        .withDetail("agreeing", found.agreeing())
        .withDetail("startSpread", found.spread())
        .withDetail("starts", found.starts().stream().map(Searches::facts).toList());
  }

  private static Map<String, Object> facts(SharpnessResult.Start start) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", start.name());
    if (Double.isFinite(start.increase())) {
      facts.put("increase", start.increase());
    }
    facts.put("gradients", start.gradients());
    facts.put("converged", start.converged());
    facts.put("reason", start.reason());
    return facts;
  }

  static ExpectedIncrease.Result run(
      ExpectedIncrease method, Subject subject, ExpectedIncrease.Noise noise, String id) {
    return SurfacePoint.ofNetwork(subject).average(method, noise, id);
  }

  /** Gradients of a search, beyond what finds its eigenvector. */
  static Work gradients(String id) {
    return new Work(id + ": gradients", Pass.GRADIENT, 60);
  }

  /** The few products to an eigenvector of a search that is given none. */
  static Work direction(String id) {
    return new Work(id + ": eigenvector", Pass.HESSIAN_PRODUCT, 8);
  }

  /** Both sides of 16 pairs, the point itself, and its rounding. */
  static Work pairs(String id) {
    return new Work(id + ": pairs", Pass.VALUE, 37);
  }
}
