package dev.flatness.basispath;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import java.util.Locale;
import java.util.Optional;

/**
 * Yi's ordering of the three PSI measures at one radius ε: the highest loss near the network is
 * above what its trace and its average predict.
 *
 * <p>Formula: with l the loss and m the number of basis paths, (1 + l) · {@code
 * psi-epsilon-sharpness} ≥ ε² · {@code psi-trace} / (2m) up to O(ε⁴), and (1 + l) · {@code
 * psi-epsilon-sharpness} ≥ {@code psi-expected-sharpness} at a minimum. The paper leaves out the ½.
 * Off a minimum the average may fall by more than the highest loss rises, and across kinks the
 * trace need not predict the average.
 *
 * <p>Units: loss. Cost: that of the three measures. Errors: {@code psi-epsilon-sharpness} comes
 * from a search and is a lower bound, so a violation may be a search that missed the highest loss:
 * {@link #toString} says its status. Differences within the standard errors of the three numbers
 * are no violation. Immutable. Source: Yi et al. 2019, §5; docs/mathematics.md#psi.
 *
 * @param epsilon ε
 * @param highest (1 + l) · {@code psi-epsilon-sharpness}
 * @param trace ε² · {@code psi-trace} / (2m)
 * @param expected {@code psi-expected-sharpness}
 */
public record PsiOrdering(double epsilon, Outcome highest, Outcome trace, Outcome expected) {
  /** Standard errors of a difference that sampling may explain. */
  private static final double ERRORS = 4;

  /**
   * Measures the three numbers of a network.
   *
   * @param subject the network, data, loss and settings; ε is the setting epsilon, by default at
   *     most a tenth of the chart's radius
   * @return the ordering
   * @throws IllegalArgumentException if the measures have no number here, with the reason
   */
  public static PsiOrdering of(Subject subject) {
    Estimate worst = only(PsiSharpness.worst(), subject);
    Estimate average = only(PsiSharpness.expected(), subject);
    Estimate curvature = only(PsiTrace.withDefaults(), subject);
    if (!(worst.details().get("epsilon") instanceof Double epsilon)) {
      throw new IllegalStateException("psi-epsilon-sharpness does not say its radius");
    }
    double loss = subject.get(Facts.EVALUATION).loss();
    int paths = subject.get(Facts.PRUNED).get(PsiPoint.FACT).point().paths().count();
    return new PsiOrdering(
        epsilon,
        worst.outcome().times(1 + loss),
        curvature.outcome().times(epsilon * epsilon / (2 * paths)),
        average.outcome());
  }

  private static Estimate only(PsiMeasure measure, Subject subject) {
    Optional<String> reason = measure.inapplicable(subject);
    if (reason.isPresent()) {
      throw new IllegalArgumentException(measure.id() + " has no number here: " + reason.get());
    }
    Estimate estimate = measure.evaluate(subject).get(0);
    if (!Double.isFinite(estimate.value())) {
      throw new IllegalArgumentException(
          estimate.id()
              + " has no number here: "
              + estimate.reason().orElse(estimate.status().id()));
    }
    return estimate;
  }

  /**
   * Tells whether the highest loss is above what the trace predicts.
   *
   * @return whether the first inequality holds, within standard errors
   */
  public boolean aboveTrace() {
    return isAbove(highest, trace);
  }

  /**
   * Tells whether the highest loss is above the average.
   *
   * @return whether the second inequality holds, within standard errors
   */
  public boolean aboveExpected() {
    return isAbove(highest, expected);
  }

  /**
   * Tells whether both inequalities hold.
   *
   * @return whether the three numbers are in Yi's order
   */
  public boolean holds() {
    return aboveTrace() && aboveExpected();
  }

  private static boolean isAbove(Outcome large, Outcome small) {
    double error = Math.hypot(large.standardError().orElse(0), small.standardError().orElse(0));
    return large.value() >= small.value() - ERRORS * error;
  }

  /** Says the three numbers and whether they are in order. */
  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "highest increase %.6g (%s), predicted by the trace %.6g, average %.6g, at radius %.3g: ",
            highest.value(),
            highest.status().id(),
            trace.value(),
            expected.value(),
            epsilon);
    return text
        + (holds()
            ? "in order"
            : !aboveTrace()
                ? "the trace predicts more than the search found"
                : "the average changes by more than the search found");
  }
}
