package dev.flatness.attack;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Subject;
import dev.flatness.symmetry.Rescaling;
import java.util.OptionalDouble;

/**
 * Dinh's Theorem 4: one diagonal entry of the Hessian, and with it the norms, is made as large as
 * wanted.
 */
record SpectralAttack(String name, String quantity, double target) implements Attack {
  /** Keeps rounding on the right side. */
  private static final double MARGIN = 1e-9;

  @Override
  public Result against(Subject subject) {
    double before = Values.of(quantity, subject).value();
    Construction.requireAbove(quantity, before, target);
    SharpEdge edge = SharpEdge.of(subject);
    double norm = quantity.equals(Values.QUADRATIC) ? norm(subject) : target;
    double alpha = Math.min(1, Math.sqrt(edge.curvature() / norm) / (1 + MARGIN));
    Rescaling rescaling = Construction.unit(edge.classes(), edge.scaleClass(), alpha);
    return new Construction(name, quantity, subject, rescaling)
        .with("alpha", alpha)
        .with("scaleClass", edge.classes().describe(edge.scaleClass()))
        .with("parameter", edge.name(subject))
        .with("secondDerivative", edge.curvature())
        .reaching(before, OptionalDouble.of(target), moved -> Values.of(quantity, moved));
  }

  /** ‖H‖₂ at which ‖H‖₂ ε² / (2 (1 + L)) is the target. */
  private double norm(Subject subject) {
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    double loss = subject.get(Facts.EVALUATION).loss();
    return target * 2 * (1 + loss) / (epsilon * epsilon);
  }
}
