package dev.flatness.attack;

import dev.flatness.hessian.ExpectedSharpness;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.OptionalDouble;

/**
 * Yi's Theorem 3.2: the expected increase of the loss under Gaussian noise is made as large as
 * wanted by the scale of one hidden unit.
 */
record ExpectedAttack(String name, double target) implements Attack {
  private static final int HALVINGS = 60;
  private static final int BISECTIONS = 6;

  @Override
  public Result against(Subject subject) {
    Outcome before = Values.of(Values.EXPECTED, subject);
    Construction.requireAbove(Values.EXPECTED, before.value(), target);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    UnitFamily family =
        UnitFamily.steepest(
            classes,
            HessianTrace.diagonal(subject),
            Values.counted(Values.TRACE, subject),
            Values.EXPECTED);
    double factor = factor(subject, classes, family);
    return new Construction(
            name, Values.EXPECTED, subject, Construction.unit(classes, family.scaleClass(), factor))
        .with("factor", factor)
        .with("scaleClass", classes.describe(family.scaleClass()))
        .reaching(
            before.value(), OptionalDouble.of(target), moved -> Values.of(Values.EXPECTED, moved));
  }

  /**
   * A factor at which the target is reached, and not much beyond. The first guess is that of the
   * second order, σ²/2 · Tr H; from there the factor moves on by halves, then back by bisection.
   */
  private double factor(Subject subject, ScaleClasses classes, UnitFamily family) {
    double sigma = subject.settings().get(ExpectedSharpness.SIGMA);
    double guess = Math.max(2 * target / (sigma * sigma), family.at(1));
    double reaching = StrictMath.log(family.factor(guess));
    double step = family.in() >= family.out() ? -StrictMath.log(2) : StrictMath.log(2);
    double missing = 0;
    int halvings = 0;
    while (!reached(subject, classes, family, reaching)) {
      if (++halvings > HALVINGS || subject.monitor().stopped()) {
        throw new IllegalArgumentException(
            Values.EXPECTED
                + " stays below "
                + target
                + " although the hidden unit "
                + classes.describe(family.scaleClass())
                + " takes the factor "
                + StrictMath.exp(reaching)
                + "; name a smaller value");
      }
      missing = reaching;
      reaching += step;
    }
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (missing + reaching) / 2;
      if (reached(subject, classes, family, middle)) {
        reaching = middle;
      } else {
        missing = middle;
      }
    }
    return StrictMath.exp(reaching);
  }

  private boolean reached(
      Subject subject, ScaleClasses classes, UnitFamily family, double logarithm) {
    Rescaling rescaling =
        Construction.unit(classes, family.scaleClass(), StrictMath.exp(logarithm));
    Subject moved = subject.at(rescaling.applyTo(subject.network()));
    return Values.of(Values.EXPECTED, moved).value() >= target;
  }
}
