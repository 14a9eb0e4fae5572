package dev.flatness;

import dev.flatness.attack.Attack;
import dev.flatness.attack.Attacks;
import dev.flatness.hessian.HessianTrace;
import dev.flatness.hessian.MinimalTrace;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Evaluation;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One rescaling, from the network and its numbers to the report. */
final class RescalingRun {
  private static final int INPUTS = 100;
  private static final String TRACE = "hessian-trace";
  private static final String NORM = "l2-norm-squared";

  private final Network network;
  private final Optional<Subject> subject;
  private final Optional<Evaluation> evaluation;
  private final Settings settings;
  private final Seed seed;
  private final Map<String, Double> before = new LinkedHashMap<>();
  private final Map<String, Double> after = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private boolean acceptable = true;

  RescalingRun(Network network, Optional<Subject> subject, Settings settings, Seed seed) {
    this.network = network;
    this.subject = subject;
    this.evaluation = subject.map(Flatness::finite);
    this.settings = settings;
    this.seed = seed;
  }

  Subject subject() {
    return subject.orElseThrow();
  }

  /** What the representative of least trace rests on. */
  static List<String> notes(Network network, MinimalTrace.Minimizer least) {
    List<String> notes = new ArrayList<>();
    if (!network.piecewiseLinear()) {
      notes.add(
          "the network is not piecewise linear: the least trace is that of the Gauss–Newton"
              + " matrix");
    }
    if (least.minimum().droppedEdges() > 0) {
      notes.add(
          "the least trace is not attained: terms of "
              + least.minimum().unboundedClasses().size()
              + " scale classes tend to 0 and were left out");
    }
    return notes;
  }

  /** Reports a rescaling that aims at no number. */
  RescalingReport moved(Network moved, @Nullable String gauge, List<String> further) {
    Network stored = stored(moved);
    before.put(NORM, squaredNorm(network));
    after.put(NORM, squaredNorm(stored));
    subject.ifPresent(
        on -> {
          before.put(TRACE, trace(on));
          after.put(TRACE, trace(at(on, stored)));
        });
    notes.addAll(further);
    return report(stored, Optional.ofNullable(gauge), Optional.empty(), OptionalDouble.empty());
  }

  /** Reports an attack. */
  RescalingReport attacked(Attack.Result result) {
    Network stored = stored(result.network());
    Outcome reached = result.reached();
    if (network.storedPrecision() == Precision.FLOAT32) {
      reached = Attacks.value(result.quantity(), at(subject(), stored));
    }
    before.put(result.quantity(), result.before());
    after.put(result.quantity(), reached.value());
    acceptable &= reached.status().acceptable();
    return report(stored, Optional.empty(), Optional.of(result.attack()), result.predicted());
  }

  private RescalingReport report(
      Network stored, Optional<String> gauge, Optional<String> attack, OptionalDouble predicted) {
    if (ScaleClasses.of(network).freeCount() == 0) {
      notes.add(
          "no hidden unit of the network can be rescaled, so the equivalent network is the network"
              + " itself");
    }
    double residual =
        subject
            .map(on -> Attack.functionResidual(on.surface(), at(on, stored).network()))
            .orElseGet(() -> onRandomInputs(stored));
    return new RescalingReport(
        network,
        stored,
        subject.map(Subject::surface),
        evaluation,
        gauge,
        attack,
        residual,
        before,
        after,
        predicted,
        acceptable,
        notes,
        recorded());
  }

  private Map<String, Object> recorded() {
    if (subject.isEmpty()) {
      Map<String, Object> recorded = new LinkedHashMap<>();
      recorded.put("seed", seed.value());
      recorded.put("precision", network.storedPrecision().id());
      return recorded;
    }
    Map<String, Object> recorded = RunSettings.of(subject().surface(), seed);
    recorded.putAll(settings.recorded(MeasureCatalog.installed().settings()));
    return recorded;
  }

  /** The network with parameters as its file holds them; a softmax at its end is kept. */
  private Network stored(Network moved) {
    double[] theta = moved.parameterVector();
    if (network.storedPrecision() == Precision.FLOAT32) {
      for (int i = 0; i < theta.length; i++) {
        float rounded = (float) theta[i];
        if (Float.isInfinite(rounded)) {
          throw new IllegalArgumentException(
              "parameter entry "
                  + i
                  + " becomes "
                  + theta[i]
                  + ", which float32, the type of the network's file, does not hold; rescale less");
        }
        theta[i] = rounded;
      }
    }
    return network.withParameters(theta);
  }

  private static Subject at(Subject on, Network stored) {
    return on.at(on.network().withParameters(stored.parameterVector()));
  }

  private double trace(Subject at) {
    Estimate trace =
        HessianTrace.withDefaults().evaluate(at).stream()
            .filter(estimate -> estimate.scope() == Scope.NETWORK)
            .findFirst()
            .orElseThrow();
    acceptable &= trace.status().acceptable();
    return trace.outcome().value();
  }

  private static double squaredNorm(Network network) {
    double sum = 0;
    for (double weight : network.parameterVector()) {
      sum += weight * weight;
    }
    return sum;
  }

  /** Without data, outputs are compared on normal inputs. */
  private double onRandomInputs(Network stored) {
    notes.add(
        "no data are given: the outputs were compared on " + INPUTS + " random normal inputs");
    RandomGenerator random = seed.split("inputs").generator();
    double[][] inputs = new double[INPUTS][network.inputShape().size()];
    for (double[] input : inputs) {
      Arrays.setAll(input, i -> random.nextGaussian());
    }
    double[][] f = network.outputs(inputs);
    double[][] g = stored.outputs(inputs);
    double largest = 0;
    double change = 0;
    for (int i = 0; i < INPUTS; i++) {
      for (int k = 0; k < f[i].length; k++) {
        largest = Math.max(largest, Math.abs(f[i][k]));
        change = Math.max(change, Math.abs(g[i][k] - f[i][k]));
      }
    }
    return change == 0 ? 0 : change / largest;
  }
}
