package dev.flatness.audit;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.LayerSide;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One number through all transformations of an audit. */
final class NumberTrail {
  private record Seen(Transformation by, Change change) {}

  private final Estimate before;
  private final Optional<LayerSide> side;
  private final Network network;
  private final Map<TransformationFamily, List<Seen>> seen =
      new EnumMap<>(TransformationFamily.class);

  NumberTrail(Estimate before, Optional<LayerSide> side, Network network) {
    this.before = before;
    this.side = side;
    this.network = network;
  }

  boolean isOf(Estimate other) {
    return before.id().equals(other.id())
        && before.scope() == other.scope()
        && before.layer().equals(other.layer());
  }

  void add(Transformation by, Estimate after) {
    boolean tried =
        by.family() != TransformationFamily.EXCEPT_INPUTS
            || claim().scaling() != Scaling.NEURON_WISE_EXCEPT_INPUTS
            || before.layer().map(by::keepsInputsOf).orElse(true);
    if (tried) {
      Change.of(before, after, side, network, by)
          .ifPresent(
              change ->
                  seen.computeIfAbsent(by.family(), family -> new ArrayList<>())
                      .add(new Seen(by, change)));
    }
  }

  private Invariance claim() {
    return before.invariance();
  }

  /** Judges what was seen, given how far rounding alone moves a number. */
  AuditedNumber judged(double rounding) {
    if (before.status() == Status.NOT_APPLICABLE || seen.isEmpty()) {
      return new AuditedNumber(before, rounding, Verdict.UNAVAILABLE, List.of());
    }
    boolean anyClaimed = seen.keySet().stream().anyMatch(family -> family.isClaimedBy(claim()));
    double tolerance = rounding;
    for (Map.Entry<TransformationFamily, List<Seen>> family : seen.entrySet()) {
      if (!anyClaimed || family.getKey().isClaimedBy(claim())) {
        for (Seen one : family.getValue()) {
          tolerance = Math.max(tolerance, rounding + one.change().error());
        }
      }
    }
    List<Drift> drifts = new ArrayList<>();
    boolean failed = false;
    boolean moved = false;
    for (Map.Entry<TransformationFamily, List<Seen>> family : seen.entrySet()) {
      Drift drift = drift(family.getKey(), family.getValue(), tolerance);
      drifts.add(drift);
      failed |= drift.claimed() && drift.moved();
      moved |= drift.moved();
    }
    return new AuditedNumber(before, tolerance, verdict(failed, anyClaimed, moved), drifts);
  }

  private Verdict verdict(boolean failed, boolean anyClaimed, boolean moved) {
    if (failed) {
      return Verdict.FAILS;
    }
    if (anyClaimed) {
      return before.status() == Status.LOWER_BOUND ? Verdict.HOLDS_WITHIN_SEARCH : Verdict.HOLDS;
    }
    return moved ? Verdict.VARIES : Verdict.UNMOVED;
  }

  private Drift drift(TransformationFamily family, List<Seen> trials, double tolerance) {
    Seen most =
        trials.stream().max(Comparator.comparingDouble(one -> one.change().drift())).orElseThrow();
    double[] drifts = trials.stream().mapToDouble(one -> one.change().drift()).sorted().toArray();
    int middle = drifts.length / 2;
    double median =
        drifts.length % 2 == 1
            ? drifts[middle]
            : drifts[middle - 1] + (drifts[middle] - drifts[middle - 1]) / 2;
    return new Drift(
        family,
        family.isClaimedBy(claim()),
        !(most.change().drift() <= tolerance),
        Double.isNaN(median) ? drifts[middle] : median,
        most.change().drift(),
        most.by().trial(),
        most.by().toString(),
        most.change().before(),
        most.change().after(),
        most.change().entry(),
        trials.size());
  }
}
