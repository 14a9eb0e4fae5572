package dev.flatness.attack;

import dev.flatness.hessian.ExpectedSharpness;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Yi's Theorem 3.2: the expected increase of the loss under Gaussian noise is made as large as
 * wanted by the scale of one hidden unit.
 */
record ExpectedAttack(String name, double target) implements Attack {
  private static final int HALVINGS = 40;

  /** As many hidden units are tried. */
  private static final int UNITS = 8;

  private static final int BISECTIONS = 6;

  @Override
  public Result against(Subject subject) {
    Outcome before = Values.of(Values.EXPECTED, subject);
    Construction.requireAbove(Values.EXPECTED, before.value(), target);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    List<UnitFamily> families =
        UnitFamily.byGrowth(
            classes,
            HessianTrace.diagonal(subject),
            Values.counted(Values.TRACE, subject),
            Values.EXPECTED,
            UNITS);
    for (UnitFamily family : families) {
      OptionalDouble factor = factor(subject, classes, family);
      if (factor.isPresent()) {
        return raised(before.value(), subject, classes, family.scaleClass(), factor.getAsDouble());
      }
    }
    throw new IllegalArgumentException(
        Values.EXPECTED
            + " stays below "
            + target
            + " whichever hidden unit is scaled, "
            + classes.describe(families.get(0).scaleClass())
            + " among them; name a smaller value");
  }

  private Result raised(
      double before, Subject subject, ScaleClasses classes, int unit, double factor) {
    return new Construction(
            name, Values.EXPECTED, subject, Construction.unit(classes, unit, factor))
        .with("factor", factor)
        .with("scaleClass", classes.describe(unit))
        .reaching(before, OptionalDouble.of(target), moved -> Values.of(Values.EXPECTED, moved));
  }

  /**
   * A factor at which the target is reached, and not much beyond. The first guess is that of the
   * second order, σ²/2 · Tr H; from there the factor moves on by halves, then back by bisection.
   * None, if the increase is bounded along this unit: noise that only ever switches a unit off, for
   * one, cannot raise the loss without bound.
   */
  private OptionalDouble factor(Subject subject, ScaleClasses classes, UnitFamily family) {
    double sigma = subject.settings().get(ExpectedSharpness.SIGMA);
    double guess = Math.max(2 * target / (sigma * sigma), family.at(1));
    double reaching = StrictMath.log(family.factor(guess));
    double step = family.in() >= family.out() ? -StrictMath.log(2) : StrictMath.log(2);
    double missing = 0;
    int halvings = 0;
    while (!reached(subject, classes, family, reaching)) {
      if (++halvings > HALVINGS || subject.monitor().stopped()) {
        return OptionalDouble.empty();
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
    return OptionalDouble.of(StrictMath.exp(reaching));
  }

  private boolean reached(
      Subject subject, ScaleClasses classes, UnitFamily family, double logarithm) {
    Rescaling rescaling =
        Construction.unit(classes, family.scaleClass(), StrictMath.exp(logarithm));
    Subject moved = subject.at(rescaling.applyTo(subject.network()));
    return Values.of(Values.EXPECTED, moved).value() >= target;
  }
}
