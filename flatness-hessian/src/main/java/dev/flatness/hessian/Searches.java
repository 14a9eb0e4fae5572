package dev.flatness.hessian;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Subject;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the measures that search or sample around the parameters have in common. */
final class Searches {
  private Searches() {}

  static SharpnessResult run(
      SharpnessSearch search,
      Subject subject,
      PerturbationSet set,
      double[] eigenvector,
      String id,
      Seed seed) {
    long total = (long) search.starts() * search.gradients();
    return search.maximise(
        subject.surface(),
        subject.theta(),
        set,
        new SharpnessSearch.Known(Shared.slope(subject), eigenvector),
        seed.split(id),
        subject::timeIsUp,
        done -> subject.progress().update(id + ": gradients", done, total));
  }

  static Estimate.Builder estimate(
      String id, Invariance claim, double value, SharpnessResult found) {
    return Estimate.network(id, claim, value)
        .method("projected-gradient-ascent", found.status())
        .reason(found.reason())
        .products(found.products())
        .detail("gradients", found.gradients())
        .detail("agreeing", found.agreeing())
        .detail("starts", found.starts().stream().map(Searches::facts).toList());
  }

  private static Map<String, Object> facts(SharpnessResult.Start start) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", start.name());
    if (Double.isFinite(start.increase())) {
      facts.put("increase", start.increase());
    }
    facts.put("gradients", start.gradients());
    facts.put("reason", start.reason());
    return facts;
  }

  static ExpectedIncrease.Result run(
      ExpectedIncrease method,
      Subject subject,
      ExpectedIncrease.Noise noise,
      String id,
      Seed seed) {
    return method.estimate(
        subject.surface(),
        subject.theta(),
        noise,
        seed.split(id),
        subject::timeIsUp,
        done -> subject.progress().update(id + ": pairs", done, method.pairs()));
  }

  static Estimate.Builder estimate(
      String id, Invariance claim, double value, ExpectedIncrease.Result found) {
    return Estimate.network(id, claim, value)
        .method("antithetic-pairs", found.status())
        .standardError(found.standardError())
        .reason(found.reason())
        .detail("pairs", found.pairs());
  }
}
