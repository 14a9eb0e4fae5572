package dev.flatness.audit;

import dev.flatness.cost.Pass;
import dev.flatness.cost.Work;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.LayerSide;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries on a network what measures claim not to change under.
 *
 * <p>Every measure is taken on the network and on its image under {@link #trials} transformations
 * of each {@link TransformationFamily}, which change the parameters but not the function. A number
 * moved if its {@link Drift} exceeds the tolerance
 *
 * <p>2¹⁰ max(r, u) + e,
 *
 * <p>with r the largest relative change of an output under any of the transformations, u the
 * machine epsilon of the precision, and e the measure's own error: 8 standard errors of the
 * difference of two estimates, the residuals of two iterations, 2¹⁰ times the residual of a gauge,
 * and for a search the spread of its starts, each relative to its number; the largest e of the
 * claimed families.
 *
 * <p>Cost: families × trials + 1 runs of the measures, which share their facts at each network, and
 * as many forward passes for r. Errors: factors that would take a parameter out of the range of
 * doubles are an {@link IllegalArgumentException}. Immutable. Source: docs/mathematics.md#audits.
 */
public final class Audit {
  /** What rounding may be amplified by, between outputs and curvature. */
  private static final double AMPLIFICATION = 0x1p10;

  private static final int MOST_TRIALS = 1_000_000;

  private static final Audit DEFAULTS =
      new Audit(20, 1000, List.copyOf(EnumSet.allOf(TransformationFamily.class)));

  private final int trials;
  private final double spread;
  private final List<TransformationFamily> families;

  private Audit(int trials, double spread, List<TransformationFamily> families) {
    this.trials = trials;
    this.spread = spread;
    this.families = families;
  }

  /**
   * Returns the audit of 20 trials of every family with factors in [1/1000, 1000].
   *
   * @return the audit
   */
  public static Audit withDefaults() {
    return DEFAULTS;
  }

  /**
   * Changes how many transformations of each family are tried.
   *
   * @param count at least 1; two or more try the claim of every layer in {@link
   *     TransformationFamily#EXCEPT_INPUTS}
   * @return the changed copy
   */
  public Audit withTrials(int count) {
    if (count < 1 || count > MOST_TRIALS) {
      throw new IllegalArgumentException(
          "the number of trials is " + count + ", expected 1 to " + MOST_TRIALS);
    }
    return new Audit(count, spread, families);
  }

  /**
   * Changes the range of the factors.
   *
   * @param factor S ≥ 1: factors are log-uniform in [1/S, S]
   * @return the changed copy
   */
  public Audit withSpread(double factor) {
    if (!(factor > 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "the spread is " + factor + ", expected a finite number above 1");
    }
    return new Audit(trials, factor, families);
  }

  /**
   * Changes which families are tried.
   *
   * @param some at least one
   * @return the changed copy
   */
  public Audit withFamilies(TransformationFamily... some) {
    if (some.length == 0) {
      throw new IllegalArgumentException("no transformation is named, expected at least one");
    }
    return new Audit(trials, spread, List.copyOf(EnumSet.copyOf(List.of(some))));
  }

  /**
   * Returns how many transformations of each family are tried.
   *
   * @return the number of trials
   */
  public int trials() {
    return trials;
  }

  /**
   * Returns the range of the factors.
   *
   * @return S
   */
  public double spread() {
    return spread;
  }

  /**
   * Returns the families that are tried, if the network has them.
   *
   * @return in the order of reports
   */
  public List<TransformationFamily> families() {
    return families;
  }

  /**
   * Tells what passes over the samples it takes, before any work.
   *
   * @param measures the measures
   * @param network the network
   * @param settings the settings
   * @return the parts
   */
  public List<Work> work(List<? extends Measure> measures, Network network, Settings settings) {
    List<Work> once = new ArrayList<>();
    measures.forEach(measure -> once.addAll(measure.work(network, settings)));
    double runs = (double) families.size() * trials + 1;
    List<Work> work = new ArrayList<>();
    for (Work part : Work.together(once)) {
      work.add(new Work(part.name(), part.pass(), part.passes() * runs));
    }
    work.add(new Work("function residual", Pass.VALUE, runs));
    return work;
  }

  /**
   * Returns a transformation of this audit, for instance the one that a {@link Drift} names.
   *
   * @param subject the audited network with data, loss and seed
   * @param family a family that the network has
   * @param trial which member, from 0
   * @return the transformation
   * @throws IllegalArgumentException if the network has no such family
   */
  public Transformation transformation(Subject subject, TransformationFamily family, int trial) {
    TransformationDraws draws = new TransformationDraws(subject, spread);
    draws
        .unavailable(family)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(
                  "transformation " + family.id() + " does not exist here: " + reason);
            });
    return draws.draw(family, trial);
  }

  /**
   * Audits measures.
   *
   * @param subject the network, data, loss, settings and seed
   * @param measures the measures
   * @return what was found; partial where the subject's monitor stopped the work
   */
  public AuditFindings run(Subject subject, List<? extends Measure> measures) {
    Monitor monitor = subject.monitor();
    Map<String, Optional<LayerSide>> sides = new LinkedHashMap<>();
    measures.forEach(measure -> sides.put(measure.id(), measure.listedUnits()));
    List<NumberTrail> trails = new ArrayList<>();
    for (Estimate before : taken(measures, subject)) {
      trails.add(
          new NumberTrail(
              before, sides.getOrDefault(before.id(), Optional.empty()), subject.network()));
    }
    TransformationDraws draws = new TransformationDraws(subject, spread);
    List<String> notes = new ArrayList<>();
    List<TransformationFamily> tried = new ArrayList<>();
    int done = 0;
    double residual = 0;
    int samples = 0;
    boolean complete = true;
    try {
      for (TransformationFamily family : families) {
        Optional<String> reason = draws.unavailable(family);
        reason.ifPresentOrElse(
            why -> notes.add("transformation " + family.id() + " is left out: " + why),
            () -> tried.add(family));
      }
      FunctionResidual function = new FunctionResidual(subject);
      samples = function.samples();
      for (int trial = 0; trial < trials; trial++) {
        for (TransformationFamily family : tried) {
          if (monitor.stopped()) {
            throw new PassStoppedException(monitor.whyStopped());
          }
          monitor.update("audit: " + family.id(), done, (long) tried.size() * trials);
          Transformation by = draws.draw(family, trial);
          Subject image = subject.at(by.applyTo(subject.network()));
          residual = larger(residual, function.of(image));
          List<Estimate> after = taken(measures, image);
          trails.forEach(
              trail -> after.stream().filter(trail::isOf).forEach(one -> trail.add(by, one)));
          done++;
        }
      }
    } catch (PassStoppedException late) {
      complete = false;
      notes.add(
          monitor.whyStopped()
              + " after "
              + done
              + " of "
              + tried.size() * trials
              + " transformations");
    }
    double rounding =
        AMPLIFICATION * Math.max(residual, subject.surface().options().precision().epsilon());
    return new AuditFindings(
        trials,
        spread,
        subject.seed(),
        tried,
        residual,
        samples,
        trails.stream().map(trail -> trail.judged(rounding)).toList(),
        notes,
        complete);
  }

  private static double larger(double a, double b) {
    return b <= a ? a : b;
  }

  private static List<Estimate> taken(List<? extends Measure> measures, Subject subject) {
    List<Estimate> all = new ArrayList<>();
    measures.forEach(measure -> all.addAll(AbstractMeasure.take(measure, subject)));
    return all;
  }
}
