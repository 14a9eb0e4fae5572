package dev.flatness.pacbayes;

import dev.flatness.measure.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a result of a bound's value: its terms, assumptions and what it says. */
record BoundWords(
    BoundEstimator asked,
    Space space,
    BoundTerms terms,
    double[] sigma,
    double[] priorSigma,
    List<String> groups,
    boolean ownPrior) {

  BoundResult result(Bound bound, Status status, Map<String, Double> beside) {
    BoundTerms.Value found = terms.value(bound);
    double range = asked.risk().range();
    boolean vacuous = !(found.value() < 1);
    Map<String, Double> all = new LinkedHashMap<>();
    RiskEstimate risk = terms.risk();
    all.put("samples", (double) terms.samples());
    all.put("kl", terms.divergence());
    all.put("empiricalRisk", risk.mean());
    all.put("empiricalRiskUpper", risk.upper());
    all.put("draws", (double) risk.draws());
    all.put("delta", terms.delta());
    all.put("deltaRisk", risk.delta());
    all.put("price", terms.price() + found.own().getOrDefault("catoniPrice", 0.0));
    all.putAll(found.own());
    all.putAll(beside);
    return new BoundResult(
        bound,
        found.value() * range,
        range,
        !asked.risk().isZeroOne(),
        vacuous,
        status,
        space.id(),
        asked.confidence(),
        new BoundResult.Gaussian(asked.posterior().kind(), named(sigma)),
        new BoundResult.Gaussian(asked.prior().kind(), named(priorSigma)),
        all,
        assumptions(bound),
        says(found.value() * range, vacuous));
  }

  private Map<String, Double> named(double[] values) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int g = 0; g < values.length; g++) {
      named.put(groups.get(g), values[g]);
    }
    return named;
  }

  private List<String> assumptions(Bound bound) {
    List<String> all = new ArrayList<>();
    all.add(
        "the "
            + terms.samples()
            + " samples are independent draws from the distribution that new samples come from");
    Prior prior = asked.prior();
    all.add(
        switch (prior.kind()) {
          case "zero" -> "the prior is centered at 0, which no sample has changed";
          case "network" ->
              ownPrior
                  ? "the network has not seen these samples, for the prior is centered at the network"
                      + " itself"
                  : "the prior is centered at a network that has not seen these samples, which the"
                      + " caller states";
          default ->
              "the prior is centered at a network that was trained on the other "
                  + percent(prior.share())
                  + " of the data only";
        });
    all.add(
        prior.sigma().isPresent()
            ? "the prior's standard deviation was chosen before the samples were seen"
            : "the prior's standard deviation is one of a grid, paid for by the price");
    if (bound == Bound.CATONI) {
      all.add(
          asked.catoni().isPresent()
              ? "C was chosen before the samples were seen"
              : "C is one of 17 candidates, paid for by the price");
    }
    all.addAll(space.assumptions());
    all.add(
        "all but the parameters, as layers, slopes of activations, constants and the preparation of"
            + " the inputs, was fixed before the samples were seen");
    all.add(
        "the risk of the posterior was drawn "
            + terms.risk().draws()
            + " times after the posterior was chosen; its upper end holds with probability "
            + String.format(Locale.ROOT, "%.4g", 1 - terms.risk().delta()));
    return all;
  }

  private static String percent(double share) {
    // Near 1 the distance from it is what matters.
    int digits = share > 0.99 ? 6 : 3;
    return String.format(Locale.ROOT, "%." + digits + "g %%", 100 * share);
  }

  private String says(double value, boolean vacuous) {
    String probability = String.format(Locale.ROOT, "%s", asked.confidence());
    boolean errors = asked.risk().isZeroOne();
    if (vacuous) {
      return "Nothing: the bound is "
          + String.format(Locale.ROOT, "%.4g", value)
          + ", and no predictor has a larger mean loss than "
          + (errors ? "1" : String.valueOf(asked.risk().range()))
          + ".";
    }
    String what =
        errors
            ? "labels at most " + percent(value) + " of new samples wrongly on average"
            : "has a mean clipped loss of at most "
                + String.format(Locale.ROOT, "%.4g", value)
                + " on new samples";
    return "With probability "
        + probability
        + " or more over the samples and the draws, the network with weights drawn from the"
        + " posterior "
        + what
        + ". It says nothing about the network at the posterior's mean alone.";
  }
}
