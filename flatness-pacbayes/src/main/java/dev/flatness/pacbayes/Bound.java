package dev.flatness.pacbayes;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A PAC-Bayes bound by its id.
 *
 * <p>Formulas: {@link PacBayes}. Each bounds the mean loss on new samples of the stochastic
 * predictor, whose parameters are drawn from the posterior; none speaks of the network at the
 * posterior's mean alone.
 */
public enum Bound {
  /** Yi's eq. 8, by the loss at the mean and the expected increase. */
  YI_MCALLESTER("Yi et al. 2019, eq. 8; McAllester 1999"),
  /** q + √(ε/2). */
  MAURER("Maurer 2004; McAllester 1999"),
  /** By the inverse of the divergence of coins. */
  SEEGER("Seeger 2002; Langford and Seeger 2001; Maurer 2004"),
  /** (√(q + ε/2) + √(ε/2))². */
  QUADRATIC("Rivasplata et al. 2019; Pérez-Ortiz et al. 2021"),
  /** The λ-bound at its best λ. */
  LAMBDA("Thiemann et al. 2017"),
  /** Catoni's bound. */
  CATONI("Catoni 2007, Thm 1.2.6");

  private final String source;

  Bound(String source) {
    this.source = source;
  }

  /**
   * Returns the id used in reports and on the command line.
   *
   * @return for instance {@code seeger-bound}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + "-bound";
  }

  /**
   * Returns where the bound is from.
   *
   * @return authors, year and place
   */
  public String source() {
    return source;
  }

  /**
   * Returns all ids.
   *
   * @return in the order of the constants
   */
  public static List<String> ids() {
    return Arrays.stream(values()).map(Bound::id).toList();
  }

  /**
   * Finds a bound by its id.
   *
   * @param id for instance {@code seeger-bound}
   * @return the bound
   * @throws IllegalArgumentException if there is none, with those that there are
   */
  public static Bound of(String id) {
    return Arrays.stream(values())
        .filter(bound -> bound.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no bound is called \"" + id + "\"; there are " + String.join(", ", ids())));
  }
}
