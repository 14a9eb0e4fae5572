package dev.flatness.pacbayes;

import dev.flatness.measure.Status;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One bound with everything that it rests on.
 *
 * @param bound which bound
 * @param value the bound on the mean loss of the stochastic predictor on new samples, in units of
 *     the loss
 * @param range the largest value of the loss: 1 for errors
 * @param clipped whether the loss was clipped; errors were counted otherwise
 * @param vacuous whether every predictor meets it
 * @param status how the work ended
 * @param coordinates {@code weights} or {@code basis-paths}
 * @param confidence the probability with which it holds
 * @param posterior what the parameters are drawn from
 * @param prior what they are compared with
 * @param terms what the value is made of, by report name; all risks in [0, 1]
 * @param assumptions what has to hold, each a sentence
 * @param says what the bound says, a sentence
 */
public record BoundResult(
    Bound bound,
    double value,
    double range,
    boolean clipped,
    boolean vacuous,
    Status status,
    String coordinates,
    double confidence,
    Gaussian posterior,
    Gaussian prior,
    Map<String, Double> terms,
    List<String> assumptions,
    String says) {
  /**
   * A Gaussian in a few words.
   *
   * @param kind for instance {@code isotropic} or {@code zero}
   * @param sigma the standard deviation by layer, or one under an empty name; the root mean square
   *     of many
   */
  public record Gaussian(String kind, Map<String, Double> sigma) {
    /**
     * Copies the map.
     *
     * @param kind for instance {@code isotropic} or {@code zero}
     * @param sigma the standard deviation by layer, or one under an empty name
     */
    public Gaussian {
      sigma = Collections.unmodifiableMap(new LinkedHashMap<>(sigma));
    }
  }

  /**
   * Copies the collections.
   *
   * @param bound which bound
   * @param value the bound on the mean loss on new samples
   * @param range the largest value of the loss
   * @param clipped whether the loss was clipped
   * @param vacuous whether every predictor meets it
   * @param status how the work ended
   * @param coordinates {@code weights} or {@code basis-paths}
   * @param confidence the probability with which it holds
   * @param posterior what the parameters are drawn from
   * @param prior what they are compared with
   * @param terms what the value is made of
   * @param assumptions what has to hold
   * @param says what the bound says
   */
  public BoundResult {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    assumptions = List.copyOf(assumptions);
  }
}
