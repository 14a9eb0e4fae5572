package dev.flatness.pacbayes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What all bounds of a run are made of.
 *
 * @param samples n
 * @param divergence KL without prices, in nats
 * @param price what the prior's scale costs, in nats
 * @param risk the drawn risk of the posterior
 * @param delta δ
 * @param centerLoss the loss in [0, 1] at the posterior's mean
 * @param fixedCatoni C, where it was fixed
 */
record BoundTerms(
    int samples,
    double divergence,
    double price,
    RiskEstimate risk,
    double delta,
    double centerLoss,
    OptionalDouble fixedCatoni) {
  /** The candidates of C: √2 apart, from 1/16 to 16. */
  private static final int CATONI_CANDIDATES = 17;

  /** A value in [0, ∞) with the terms of its own. */
  record Value(double value, Map<String, Double> own) {}

  private double paid() {
    return divergence + price;
  }

  Value value(Bound bound) {
    Map<String, Double> own = new LinkedHashMap<>();
    double q = risk.upper();
    double value =
        switch (bound) {
          case YI_MCALLESTER -> {
            own.put("centerRisk", centerLoss);
            own.put("expectedIncrease", increase());
            yield PacBayes.yi(centerLoss, increase(), paid(), samples, delta);
          }
          case MAURER -> PacBayes.maurer(q, paid(), samples, delta);
          case SEEGER -> PacBayes.seeger(q, paid(), samples, delta);
          case QUADRATIC -> PacBayes.quadratic(q, paid(), samples, delta);
          case LAMBDA -> {
            double lambda = PacBayes.optimalLambda(q, paid(), samples, delta);
            own.put("lambda", lambda);
            yield PacBayes.lambda(q, paid(), samples, delta, lambda);
          }
          case CATONI -> catoni(own);
        };
    return new Value(value, own);
  }

  /** |E l̂(v + u) − l̂(v)| at its upper end. */
  private double increase() {
    return Math.max(0, Math.max(risk.upper() - centerLoss, centerLoss - risk.lower()));
  }

  private double catoni(Map<String, Double> own) {
    if (fixedCatoni.isPresent()) {
      own.put("catoni", fixedCatoni.getAsDouble());
      return PacBayes.catoni(risk.upper(), paid(), samples, delta, fixedCatoni.getAsDouble());
    }
    double candidatePrice = Math.log(CATONI_CANDIDATES);
    double least = Double.POSITIVE_INFINITY;
    for (int k = 0; k < CATONI_CANDIDATES; k++) {
      double c = Math.pow(2, (k - CATONI_CANDIDATES / 2) / 2.0);
      double value = PacBayes.catoni(risk.upper(), paid() + candidatePrice, samples, delta, c);
      if (value < least) {
        least = value;
        own.put("catoni", c);
      }
    }
    own.put("catoniPrice", candidatePrice);
    return least;
  }
}
