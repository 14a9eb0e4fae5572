package dev.flatness.attack;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.hessian.ExpectedSharpness;
import dev.flatness.hessian.FrobeniusNorm;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.hessian.QuadraticSharpness;
import dev.flatness.hessian.SquaredNorm;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.spectral.ExtremeEigenvalues;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import java.util.BitSet;
import java.util.List;

/** The numbers that attacks move, as the measures of the same ids compute them. */
final class Values {
  static final String TRACE = "hessian-trace";
  static final String TOP = "hessian-top-eigenvalue";
  static final String NORM = "l2-norm-squared";
  static final String FROBENIUS = "hessian-frobenius-norm";
  static final String SHARPNESS = "epsilon-sharpness";
  static final String QUADRATIC = "epsilon-sharpness-quadratic";
  static final String EXPECTED = "expected-sharpness";

  private static final List<Measure> MEASURED =
      List.of(
          SquaredNorm.withDefaults(),
          FrobeniusNorm.withDefaults(),
          EpsilonSharpness.withDefaults(),
          QuadraticSharpness.withDefaults(),
          ExpectedSharpness.withDefaults());

  private Values() {}

  /** The ids of numbers of whole networks. */
  static List<String> ids() {
    return List.of(TRACE, TOP, FROBENIUS, SHARPNESS, QUADRATIC, EXPECTED, NORM);
  }

  /** Whether it is the trace of a layer, as {@code hessian-trace@fc1}. */
  static boolean isLayerTrace(String id) {
    return id.startsWith(TRACE + "@");
  }

  /** The layer of a trace. */
  static Node layer(String id, Subject subject) {
    String name = id.substring(TRACE.length() + 1);
    return subject.network().weightLayers().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "layer \""
                        + name
                        + "\" of "
                        + id
                        + " does not exist or has no weight matrix, expected one of "
                        + subject.network().weightLayers().stream().map(Node::name).toList()));
  }

  /** The parameters whose second derivatives a trace adds up. */
  static BitSet counted(String id, Subject subject) {
    if (!isLayerTrace(id)) {
      return UnitFamily.range(0, subject.surface().dimension());
    }
    Parameter weight = subject.network().weight(layer(id, subject));
    return UnitFamily.range(weight.offset(), weight.size());
  }

  static Outcome of(String id, Subject subject) {
    if (id.equals(TRACE) || isLayerTrace(id)) {
      BitSet counted = counted(id, subject);
      return Outcome.exact(UnitFamily.sum(HessianTrace.diagonal(subject), counted));
    }
    if (id.equals(TOP)) {
      return topEigenvalue(subject);
    }
    return MEASURED.stream()
        .filter(measure -> measure.id().equals(id))
        .flatMap(measure -> measure.evaluate(subject).stream())
        .filter(estimate -> estimate.scope() == Scope.NETWORK)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no number " + id))
        .outcome();
  }

  /** As the measure has it, without the layers' own. */
  private static Outcome topEigenvalue(Subject subject) {
    Settings settings = subject.settings();
    Lanczos method =
        Lanczos.withDefaults(subject.surface().options().precision())
            .withMaxProducts(settings.get(Settings.MAX_PRODUCTS))
            .withMaxBasisBytes(subject.surface().options().solverBytes());
    return new ExtremeEigenvalues(
            subject.surface().hessian(subject.theta()),
            settings.given(Settings.TOLERANCE).map(method::withTolerance).orElse(method),
            subject.seed().split("network-spectrum"),
            subject.monitor().as("eigenvalues of the Hessian"))
        .find(End.LARGEST);
  }
}
