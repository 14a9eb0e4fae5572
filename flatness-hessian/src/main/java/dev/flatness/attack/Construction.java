package dev.flatness.attack;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A rescaling that was constructed, on its way to a result. */
final class Construction {
  private final String attack;
  private final String quantity;
  private final Subject subject;
  private final Rescaling rescaling;
  private final Network network;
  private final Map<String, Object> details = new LinkedHashMap<>();

  Construction(String attack, String quantity, Subject subject, Rescaling rescaling) {
    this(attack, quantity, subject, rescaling, rescaling.applyTo(subject.network()));
  }

  Construction(
      String attack, String quantity, Subject subject, Rescaling rescaling, Network network) {
    this.attack = attack;
    this.quantity = quantity;
    this.subject = subject;
    this.rescaling = rescaling;
    this.network = network;
  }

  Construction with(String name, Object fact) {
    details.put(name, fact);
    return this;
  }

  Subject moved() {
    return subject.at(network);
  }

  /** Takes the number at the equivalent network. */
  Attack.Result reaching(
      double before, OptionalDouble predicted, Function<Subject, Outcome> number) {
    return new Attack.Result(
        attack,
        quantity,
        rescaling,
        network,
        before,
        predicted,
        number.apply(moved()),
        Attack.functionResidual(subject.surface(), network),
        details);
  }

  /** The rescaling of one unit. */
  static Rescaling unit(ScaleClasses classes, int scaleClass, double factor) {
    return Rescaling.identity(classes).with(scaleClass, factor);
  }

  /** Refuses to raise to what is there already. */
  static void requireAbove(String quantity, double before, double target) {
    if (!(target > before)) {
      throw new IllegalArgumentException(
          quantity
              + " is "
              + before
              + " already, so it cannot be raised to "
              + target
              + "; name a larger value");
    }
  }

  /** Refuses a target that is no positive number. */
  static double positive(String what, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected a positive finite number");
    }
    return value;
  }
}
