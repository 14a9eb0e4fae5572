package dev.flatness.basispath;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code theorem-5.1-bound}: an upper bound of how much the loss changes when the values of basis
 * paths change by ε, from the values alone.
 *
 * <p>Formula: ψ = max_{1≤s≤N} ε^{s−1} sup|v|^{2N+1−s} / inf|v|^{2N}; bound 2 C C_L d₀ d₁^{N−1} d_L
 * (1 + 2^{(3N+4)/2} (N−1) d₁ d_L ψ) ε, with N weight layers, d₀ inputs, d₁ units in every hidden
 * layer, d_L outputs, C the largest 2-norm of any layer's input over the data in the canonical
 * gauge, C_L the Lipschitz constant of the loss in the outputs (softmax cross-entropy √2, binary
 * cross-entropy √d_L, others by the setting {@link #LOSS_LIPSCHITZ}). Evaluated in logarithms: the
 * detail {@code logValue} is always there, the value where a double holds it.
 *
 * <p>The theorem asks for ε ≤ (2−√3) inf|v|, the detail {@code epsilonLimit}, and that no hidden
 * unit changes its sign on the data. The detail {@code signLimit} is an ε below which none can:
 * with t = ε/inf|v| every weight changes by a factor of at most 1+ρ, ρ = 2t/(1−t), so unit inputs z
 * of layer l by at most ((1+ρ)^l − 1) A, A the same sums with all magnitudes of units that are on
 * (ours; sufficient). Beyond either the status is hypothesis-not-met and the number is still given.
 * inf|v| = 0 gives +∞.
 *
 * <p>Units: loss. Cost: one plain forward pass over the data in the calling thread. Not defined for
 * networks with other layers, biases or different hidden widths. Invariant to neuron-wise
 * rescaling.
 *
 * <p>Source: Yi et al. 2019, Theorem 5.1, eqs. 26, 32, 37; its depth "L" is read as the number of
 * weight layers. Immutable.
 */
public final class TheoremBound extends PsiMeasure {
  /**
   * The ε of Theorem 5.1 (ours: within its hypotheses for networks whose smallest basis path is
   * above 4e-6).
   */
  public static final Setting<Double> EPSILON =
      Setting.positive("theoremEpsilon", "E", "The perturbation that theorem-5.1-bound bounds.")
          .byDefault(1e-6);

  /** C_L, the Lipschitz constant of the loss in the outputs. */
  public static final Setting<Double> LOSS_LIPSCHITZ =
      Setting.positive(
          "lossLipschitz",
          "C",
          "The Lipschitz constant of the loss in the outputs, for theorem-5.1-bound. Default: that"
              + " of the loss, where it has one.");

  private static final TheoremBound DEFAULTS = new TheoremBound();

  private TheoremBound() {
    super(
        "theorem-5.1-bound",
        "bound of the loss when path values change",
        "Yi et al. 2019, Theorem 5.1");
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static TheoremBound withDefaults() {
    return DEFAULTS;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    Optional<String> kind =
        DenseChain.refusal(subject.network())
            .map(
                reason ->
                    "Theorem 5.1 is about dense ReLU networks without biases and with equal hidden"
                        + " widths, but "
                        + reason);
    if (kind.isPresent()) {
      return kind;
    }
    if (lipschitz(subject).isEmpty()) {
      return Optional.of(
          "the loss "
              + subject.surface().loss().id()
              + " has no Lipschitz constant of its own; give one with"
              + " the setting lossLipschitz (--loss-lipschitz)");
    }
    return super.inapplicable(subject);
  }

  private static OptionalDouble lipschitz(Subject subject) {
    Optional<Double> given = subject.settings().given(LOSS_LIPSCHITZ);
    return given.isPresent()
        ? OptionalDouble.of(given.get())
        : subject.surface().loss().lipschitz(subject.network().output().shape().size());
  }

  @Override
  Estimate evaluate(Subject subject, PsiPoint point) {
    double epsilon = subject.settings().get(EPSILON);
    BasisPaths paths = point.paths();
    DenseChain chain = DenseChain.of(paths.canonical());
    DenseChain.Extremes extremes = chain.over(subject.surface().dataset());
    double lipschitz = lipschitz(subject).orElseThrow();
    int n = chain.depth();
    if (paths.smallest() == 0) {
      Outcome infinite =
          Outcome.of(Double.NaN, Outcome.EXACT, Status.INFINITE)
              .because("the basis path " + paths.smallest(1).get(0) + " has the value 0");
      return terms(network(infinite), chain, extremes, lipschitz, epsilon);
    }
    double logPsi = logPsi(n, epsilon, Math.log(paths.largest()), Math.log(paths.smallest()));
    double logInner =
        logPsi
            + (3 * n + 4) / 2.0 * Math.log(2)
            + Math.log(n - 1)
            + Math.log(chain.width())
            + Math.log(chain.outputs());
    double logBound =
        Math.log(2 * extremes.largestInput() * lipschitz)
            + Math.log(chain.inputs())
            + (n - 1) * Math.log(chain.width())
            + Math.log(chain.outputs())
            + logOnePlusExp(logInner)
            + Math.log(epsilon);
    double epsilonLimit = (2 - Math.sqrt(3)) * paths.smallest();
    double signLimit = signLimit(extremes.margins()) * paths.smallest();
    Outcome bound = bound(Math.exp(logBound), epsilon, epsilonLimit, signLimit);
    Estimate estimate = terms(network(bound), chain, extremes, lipschitz, epsilon);
    if (Double.isFinite(Math.exp(logPsi))) {
      estimate = estimate.withDetail("psi", Math.exp(logPsi));
    }
    return estimate
        .withDetail("logPsi", logPsi)
        .withDetail("logValue", logBound)
        .withDetail("epsilonLimit", epsilonLimit)
        .withDetail("signLimit", signLimit);
  }

  private static Outcome bound(
      double value, double epsilon, double epsilonLimit, double signLimit) {
    double fitting = Double.isFinite(value) ? value : Double.NaN;
    if (!(epsilon <= epsilonLimit && epsilon < signLimit)) {
      return Outcome.of(fitting, Outcome.EXACT, Status.HYPOTHESIS_NOT_MET)
          .because(
              "epsilon "
                  + epsilon
                  + " is beyond "
                  + (epsilon > epsilonLimit
                      ? "(2 - sqrt 3) inf|v| = " + epsilonLimit
                      : signLimit + ", below which no hidden unit can change its sign"));
    }
    return Double.isFinite(value)
        ? Outcome.exact(value)
        : Outcome.of(fitting, Outcome.EXACT, Status.OVERFLOW)
            .because("the value is too large for a double");
  }

  private static Estimate terms(
      Estimate bound,
      DenseChain chain,
      DenseChain.Extremes extremes,
      double lipschitz,
      double epsilon) {
    return bound
        .withDetail("epsilon", epsilon)
        .withDetail("layers", chain.depth())
        .withDetail("largestInput", extremes.largestInput())
        .withDetail("lossLipschitz", lipschitz);
  }

  /** max_s (s−1) ln ε + (2N+1−s) ln sup − 2N ln inf. */
  static double logPsi(int n, double epsilon, double logLargest, double logSmallest) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int s = 1; s <= n; s++) {
      largest =
          Math.max(
              largest,
              (s - 1) * Math.log(epsilon) + (2 * n + 1 - s) * logLargest - 2 * n * logSmallest);
    }
    return largest;
  }

  private static double logOnePlusExp(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  /** The largest t = ε/inf|v| with (1+ρ)^l − 1 below the margin of every hidden layer l. */
  static double signLimit(double[] margins) {
    double limit = 1;
    for (int l = 1; l <= margins.length; l++) {
      double rho = Math.expm1(Math.log1p(margins[l - 1]) / l);
      limit = Math.min(limit, rho / (2 + rho));
    }
    return limit;
  }
}
