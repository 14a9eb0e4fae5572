package dev.flatness.hessian;

import dev.flatness.measure.Estimate;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;

/** Estimates without a number, which say why. */
final class NotApplicable {
  private NotApplicable() {}

  static Estimate network(HessianMeasure measure, Subject subject) {
    String reason = measure.inapplicable(subject).orElseThrow();
    return Estimate.network(measure.id(), measure.invariance(Scope.NETWORK), Double.NaN)
        .method("none", Status.NOT_APPLICABLE)
        .reason(reason)
        .build();
  }

  static Estimate layer(HessianMeasure measure, Node layer, String reason) {
    return Estimate.layer(measure.id(), layer.name(), measure.invariance(Scope.LAYER), Double.NaN)
        .method("none", Status.NOT_APPLICABLE)
        .reason(reason)
        .build();
  }
}
