package dev.flatness.pacbayes;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.ScaleBisection.Found;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * {@code pacbayes-*} and {@code sharpness-*}: PAC-Bayes terms at the largest perturbation that
 * costs at most a tenth of the accuracy.
 *
 * <p>Formula: with w = θ, d = w − w⁰, ω parameters, n samples and ε₀ = 1e-3,
 *
 * <ul>
 *   <li>{@code orig}, {@code init}: ‖v‖² k/(4 s²) + ln (n/σ) + 10, v = w or d;
 *   <li>{@code mag-orig}, {@code mag-init}: ¼ Σ_i ln [(ε₀² + (s² + c) ‖v‖²/ω)/(ε₀² + s² d_i²)] + ln
 *       (n/σ′) + 10;
 *   <li>{@code flatness}, {@code mag-flatness}: 1/s².
 * </ul>
 *
 * <p>{@code pacbayes}: s = σ, k = 1, c = 1; mean accuracy over draws of N(0, σ² I), or with the
 * variance σ′² w_i² + ε₀². {@code sharpness}: s = α, k = ln 2ω, c = 4 ln 2ω; the accuracy at the
 * highest loss found in the box |δ_i| ≤ α (|w_i| + 1), or |δ_i| ≤ α′ |w_i| + ε₀.
 *
 * <p>Units: none. Cost: see docs/reference-measures.md; the scale is found by bisection to 1 %.
 * Errors: a mean over 10 draws, with a standard error; a worst case is a search, so the scale is
 * never too small because of it. Not invariant to rescaling. No claim is made for permutations: w⁰
 * is not permuted, and draws and random starts belong to positions, so that a permuted network is
 * measured with others, and a scale that one draw has need not exist under another.
 *
 * <p>Source: Jiang et al. 2020, App. C; docs/mathematics.md#jiang. Immutable.
 */
public final class PerturbedAccuracy extends AbstractMeasure {
  private static final double CONSTANT = 10;

  private enum Form {
    ORIG,
    INIT,
    FLATNESS
  }

  private final boolean worst;
  private final boolean relative;
  private final Form form;

  private PerturbedAccuracy(boolean worst, boolean relative, Form form) {
    super(
        (worst ? "sharpness-" : "pacbayes-")
            + (relative ? "mag-" : "")
            + form.name().toLowerCase(Locale.ROOT),
        describe(worst, relative, form),
        new Invariance(Scaling.NONE, false),
        "Jiang et al. 2020, App. C",
        Scope.NETWORK);
    this.worst = worst;
    this.relative = relative;
    this.form = form;
  }

  private static String describe(boolean worst, boolean relative, Form form) {
    String what =
        switch (form) {
          case ORIG -> "norm of the weights";
          case INIT -> "distance from the initial weights";
          case FLATNESS -> "one";
        };
    return what
        + (form == Form.FLATNESS ? " over the squared " : " in units of the ")
        + (relative ? "relative " : "")
        + (worst ? "box" : "noise")
        + " that costs a tenth of the accuracy";
  }

  /** Whether w⁰ occurs. */
  private static boolean initial(boolean relative, Form form) {
    return form == Form.INIT || (relative && form == Form.ORIG);
  }

  /** All twelve: noise first, then the worst case; magnitude-aware ones last. */
  static List<PerturbedAccuracy> all() {
    List<PerturbedAccuracy> all = new ArrayList<>();
    for (boolean worst : List.of(false, true)) {
      for (boolean relative : List.of(false, true)) {
        Arrays.stream(Form.values())
            .forEach(form -> all.add(new PerturbedAccuracy(worst, relative, form)));
      }
    }
    return all;
  }

  /**
   * Returns the measure of an id.
   *
   * @param id for instance {@code pacbayes-mag-init}
   * @return the measure
   * @throws IllegalArgumentException if no measure of this class has the id
   */
  public static PerturbedAccuracy of(String id) {
    return all().stream()
        .filter(measure -> measure.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "measure \"" + id + "\" does not exist, expected one of " + all()));
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    Optional<String> reason = JiangMeasures.withoutLabels(subject);
    if (reason.isPresent() || !initial(relative, form)) {
      return reason;
    }
    Optional<InitialNetwork> initial = subject.settings().given(InitialNetwork.INITIAL);
    if (initial.isEmpty()) {
      return Optional.of(
          "it measures from the network that training started from, which is not given (--initial)");
    }
    try {
      initial.get().parametersOf(subject.network());
      return Optional.empty();
    } catch (IllegalArgumentException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private Fact<Found> noiseFact() {
    return relative ? Perturbations.RELATIVE_NOISE : Perturbations.NOISE;
  }

  private Fact<Found> scaleFact() {
    return !worst ? noiseFact() : relative ? Perturbations.RELATIVE_WORST : Perturbations.WORST;
  }

  private boolean needsNoise() {
    return !worst || form != Form.FLATNESS;
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    List<Fact<?>> facts = new ArrayList<>(List.of(Facts.EVALUATION));
    if (needsNoise()) {
      facts.add(noiseFact());
    }
    if (worst) {
      facts.add(Facts.SLOPE);
      facts.add(scaleFact());
    }
    return facts;
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    Found scale = subject.get(scaleFact());
    Found noise = needsNoise() ? subject.get(noiseFact()) : scale;
    Optional<String> none = scale.none().or(noise::none);
    if (none.isPresent()) {
      return List.of(network(Outcome.notApplicable(none.get())));
    }
    double[] w = subject.theta();
    double[] d = w.clone();
    if (initial(relative, form)) {
      double[] start =
          subject.settings().get(InitialNetwork.INITIAL).parametersOf(subject.network());
      Vectors.addMultiple(-1, start, d);
    }
    int samples = subject.surface().dataset().size();
    DoubleUnaryOperator term = s -> term(s, w, d);
    double logarithm = form == Form.FLATNESS ? 0 : Math.log(samples / noise.scale()) + CONSTANT;
    double value = term.applyAsDouble(scale.scale()) + logarithm;
    Outcome outcome = Outcome.of(value, "bisection", status());
    double error = error(scale, noise, term);
    outcome = Perturbations.uncertain(outcome, error).withResidual(residual(scale, term, value));
    String reason =
        "largest scale found by bisection whose accuracy falls by at most " + ScaleBisection.DROP;
    outcome =
        outcome.because(
            Double.isNaN(error)
                ? reason + "; the accuracy does not fall there, so there is no standard error"
                : reason);
    return List.of(described(network(outcome), scale, noise));
  }

  /** A search finds no perturbation that is too bad, so the box is at most too large. */
  private Status status() {
    return worst && (form == Form.FLATNESS || !relative) ? Status.LOWER_BOUND : Status.ESTIMATED;
  }

  private double term(double s, double[] w, double[] d) {
    double squared = s * s;
    int count = w.length;
    double logarithm = Math.log(2.0 * count);
    if (form == Form.FLATNESS) {
      return 1 / squared;
    }
    double[] v = form == Form.ORIG ? w : d;
    double norm = Vectors.dot(v, v);
    if (!relative) {
      return norm * (worst ? logarithm : 1) / (4 * squared);
    }
    double floor = Perturbations.FLOOR * Perturbations.FLOOR;
    double numerator = floor + (squared + (worst ? 4 * logarithm : 1)) * norm / count;
    double sum = 0;
    for (double distance : d) {
      sum += Math.log(numerator / (floor + squared * distance * distance));
    }
    return sum / 4;
  }

  /** One standard error of the logarithms of the scale and of σ, through the formula. */
  private double error(Found scale, Found noise, DoubleUnaryOperator term) {
    double h = 1e-4;
    double slope =
        (term.applyAsDouble(scale.scale() * (1 + h)) - term.applyAsDouble(scale.scale() * (1 - h)))
            / (2 * h);
    double logarithm = form == Form.FLATNESS ? 0 : -1;
    return worst
        ? Math.abs(logarithm) * noise.error()
        : Math.abs(slope + logarithm) * scale.error();
  }

  /** By how much the bisection, and the searches of a worst case, leave the number open. */
  private static double residual(Found scale, DoubleUnaryOperator term, double value) {
    double reach = Math.exp(scale.uncertainty());
    return Math.abs(
            term.applyAsDouble(scale.scale() * reach) - term.applyAsDouble(scale.scale() / reach))
        / Math.abs(value);
  }

  private Estimate described(Estimate estimate, Found scale, Found noise) {
    Estimate described =
        estimate
            .withDetail(worst ? "alpha" : "sigma", scale.scale())
            .withDetail("scaleAbove", scale.above())
            .withDetail("accuracyDrop", scale.drop())
            .withDetail("scalesTried", scale.evaluations());
    if (worst) {
      described = described.withDetail("startSpread", scale.spread());
      return form == Form.FLATNESS ? described : described.withDetail("sigma", noise.scale());
    }
    return described.withDetail("draws", Perturbations.DRAWS);
  }
}
