package dev.flatness.audit;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.LayerSide;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one number changed under one transformation.
 *
 * @param drift the relative change
 * @param error what the measure's own error explains of it
 * @param before the number, or the entry that moved most
 * @param after what it became
 * @param entry the index of that entry
 */
record Change(double drift, double error, double before, double after, OptionalInt entry) {
  /**
   * Standard errors of a difference that sampling may explain: a Gaussian difference exceeds it in
   * 1e-15 of all cases, one of 32 probes in 1e-8.
   */
  private static final double ERRORS = 8;

  /** By how much an imbalance of a gauge may be amplified in its factors. */
  private static final double CONDITION = 0x1p10;

  private static final Set<Status> NO_NUMBER = EnumSet.of(Status.NOT_CONVERGED, Status.OVERFLOW);

  /** Empty where one side has no number because it was stopped or left the range of doubles. */
  static Optional<Change> of(
      Estimate before,
      Estimate after,
      Optional<LayerSide> side,
      Network network,
      Transformation transformation) {
    OptionalInt none = OptionalInt.empty();
    Double from = logarithm(before);
    Double to = logarithm(after);
    if (from != null && to != null) {
      double drift = Math.abs(Math.expm1(to - from));
      return Optional.of(new Change(drift, 0, single(before), single(after), none));
    }
    if (NO_NUMBER.contains(before.status()) || NO_NUMBER.contains(after.status())) {
      return Optional.empty();
    }
    if (isFinite(before) && isFinite(after)) {
      double error = ownError(before, after);
      return Optional.of(
          before.isList()
              ? list(before, after, side, network, transformation, error)
              : number(before.value(), after.value(), error));
    }
    // Neither has a number: both are infinite, or both are not defined.
    double drift = before.status() == after.status() ? 0 : Double.POSITIVE_INFINITY;
    return Optional.of(new Change(drift, 0, single(before), single(after), none));
  }

  private static @Nullable Double logarithm(Estimate estimate) {
    return estimate.details().get("logValue") instanceof Double value ? value : null;
  }

  private static double single(Estimate estimate) {
    return estimate.isList() ? Double.NaN : estimate.value();
  }

  private static boolean isFinite(Estimate estimate) {
    return Arrays.stream(estimate.values()).allMatch(Double::isFinite);
  }

  private static Change number(double before, double after, double error) {
    double difference = Math.abs(after - before);
    double drift = difference == 0 ? 0 : difference / Math.abs(before);
    return new Change(drift, error, before, after, OptionalInt.empty());
  }

  private static Change list(
      Estimate before,
      Estimate after,
      Optional<LayerSide> side,
      Network network,
      Transformation transformation,
      double error) {
    double[] x = before.values();
    double[] y = after.values();
    if (x.length != y.length) {
      return new Change(
          Double.POSITIVE_INFINITY, error, Double.NaN, Double.NaN, OptionalInt.empty());
    }
    if (transformation.permutation().isPresent()) {
      Optional<Node> layer =
          before
              .layer()
              .flatMap(
                  name ->
                      network.weightLayers().stream()
                          .filter(node -> node.name().equals(name))
                          .findFirst());
      if (side.isPresent() && layer.isPresent()) {
        x = transformation.permuted(layer.get(), side.get() == LayerSide.INPUTS, x);
      } else {
        Arrays.sort(x);
        Arrays.sort(y);
      }
    }
    double largest = 0;
    int entry = 0;
    for (int i = 0; i < x.length; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
      entry = Math.abs(y[i] - x[i]) > Math.abs(y[entry] - x[entry]) ? i : entry;
    }
    if (x.length == 0) {
      return new Change(0, error, Double.NaN, Double.NaN, OptionalInt.empty());
    }
    double difference = Math.abs(y[entry] - x[entry]);
    double drift = difference == 0 ? 0 : difference / largest;
    return new Change(drift, error, x[entry], y[entry], OptionalInt.of(entry));
  }

  /** Each side's error relative to its own number. */
  private static double ownError(Estimate before, Estimate after) {
    double sampling = ERRORS * Math.hypot(relativeError(before), relativeError(after));
    double iteration = before.residual().orElse(0) + after.residual().orElse(0);
    double gauge = CONDITION * Math.max(gaugeResidual(before), gaugeResidual(after));
    return sampling + iteration + gauge + Math.max(searchSpread(before), searchSpread(after));
  }

  private static double relativeError(Estimate estimate) {
    double error = estimate.standardError().orElse(0);
    double largest = Arrays.stream(estimate.values()).map(Math::abs).max().orElse(0);
    return error == 0 ? 0 : error / largest;
  }

  private static double gaugeResidual(Estimate estimate) {
    return estimate.details().get("gaugeResidual") instanceof Double residual ? residual : 0;
  }

  /** How far apart the ends of the searches from different starts are. */
  private static double searchSpread(Estimate estimate) {
    return estimate.status() == Status.LOWER_BOUND
            && estimate.details().get("startSpread") instanceof Double spread
        ? spread
        : 0;
  }
}
