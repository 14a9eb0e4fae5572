package dev.flatness.measure;

import dev.flatness.cost.Pass;
import dev.flatness.loss.NonConvexLossException;
import dev.flatness.surface.ClosedForms;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.Slope;
import dev.flatness.symmetry.DeadClasses;
import java.util.Optional;

/** The facts that every module may ask of a subject. */
public final class Facts {
  /** Loss and accuracy at the parameters. */
  public static final Fact<Evaluation> EVALUATION =
      Fact.of("evaluation", subject -> subject.surface().evaluate(subject.theta()))
          .costing(Pass.VALUE, 1);

  /** Loss and gradient at the parameters. */
  public static final Fact<Slope> SLOPE =
      Fact.of(
              "gradient",
              subject -> {
                double[] gradient = new double[subject.surface().dimension()];
                double loss = subject.surface().valueAndGradient(subject.theta(), gradient);
                return new Slope(loss, gradient);
              })
          .costing(Pass.GRADIENT, 1);

  /**
   * Traces, diagonal, ρ and relative flatness of all layers in one sweep: of the Hessian where the
   * network is piecewise linear, else of its Gauss–Newton matrix.
   *
   * <p>Refused where layers share parameters and where the loss is not convex in the outputs; see
   * {@link #closedFormsHold}.
   */
  public static final Fact<ClosedForms> CLOSED_FORMS =
      Fact.of(
              "closed forms",
              subject -> {
                Monitor monitor = subject.monitor().as("closed forms of all layers");
                monitor.update("sweep", 0, 1);
                double[] theta = subject.theta();
                ClosedForms forms =
                    subject.network().piecewiseLinear()
                        ? subject.surface().closedForms(theta)
                        : subject.surface().gaussNewtonForms(theta);
                monitor.update("sweep", 1, 1);
                return forms;
              })
          .costing(Pass.CLOSED_FORMS, 1);

  /** Why there are no closed forms of the Gauss–Newton matrix; empty where there are. */
  public static final Fact<Optional<String>> CLOSED_FORMS_REFUSED =
      Fact.of("closed forms", Facts::refusal);

  /**
   * The subject at the network without its dead units, for what minimizes over a rescaling orbit or
   * picks a representative; the same subject where its derivatives serve as well.
   */
  public static final Fact<Subject> PRUNED =
      Fact.random(
          "network without dead units",
          subject -> {
            DeadClasses dead = DeadClasses.of(subject.network());
            return dead.derivativesKept() ? subject : subject.at(dead.pruned());
          });

  private Facts() {}

  private static Optional<String> refusal(Subject subject) {
    if (subject.network().sharesParameters()) {
      return Optional.of("layers share parameters");
    }
    try {
      subject.get(CLOSED_FORMS);
      return Optional.empty();
    } catch (NonConvexLossException notConvex) {
      return Optional.of(String.valueOf(notConvex.getMessage()));
    }
  }

  /**
   * Tells whether the closed forms are those of the Hessian: the network is piecewise linear and
   * the loss convex in the outputs.
   *
   * @param subject the network, data and loss
   * @return whether exact numbers come from {@link #CLOSED_FORMS}
   */
  public static boolean closedFormsHold(Subject subject) {
    return subject.network().piecewiseLinear() && subject.get(CLOSED_FORMS_REFUSED).isEmpty();
  }
}
