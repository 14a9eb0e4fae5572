package dev.flatness.attack;

import dev.flatness.hessian.HessianTrace;
import dev.flatness.measure.Subject;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalDouble;

/** A trace or the squared norm is raised to a value by the scale of one hidden unit. */
record SumAttack(String name, String quantity, double target) implements Attack {
  @Override
  public Result against(Subject subject) {
    double before = Values.of(quantity, subject).value();
    Construction.requireAbove(quantity, before, target);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    UnitFamily family = family(subject, classes);
    double factor = family.factor(target);
    return new Construction(
            name, quantity, subject, Construction.unit(classes, family.scaleClass(), factor))
        .with("factor", factor)
        .with("scaleClass", classes.describe(family.scaleClass()))
        .reaching(before, OptionalDouble.of(target), moved -> Values.of(quantity, moved));
  }

  private UnitFamily family(Subject subject, ScaleClasses classes) {
    BitSet counted = Values.counted(quantity, subject);
    if (!quantity.equals(Values.NORM)) {
      return UnitFamily.steepest(classes, HessianTrace.diagonal(subject), counted, quantity);
    }
    double[] squares = Arrays.stream(subject.theta()).map(w -> w * w).toArray();
    return UnitFamily.steepest(classes, squares, counted, quantity).inverted();
  }
}
