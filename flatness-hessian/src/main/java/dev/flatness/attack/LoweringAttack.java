package dev.flatness.attack;

import dev.flatness.hessian.HessianTrace;
import dev.flatness.hessian.MinimalTrace;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.OrbitMinimum;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A number is lowered: the trace and the squared norm to their minimum on the rescaling orbit, the
 * trace of a layer by the largest factor allowed, others to the lower of both minimizers.
 */
record LoweringAttack(String name, String quantity, double spread) implements Attack {
  /** An equivalent network with the rescaling that leads there. */
  private record Candidate(Rescaling rescaling, Network network, OptionalDouble predicted) {}

  @Override
  public Result against(Subject subject) {
    double before = Values.of(quantity, subject).value();
    List<Candidate> candidates =
        Values.isLayerTrace(quantity)
            ? List.of(scaledLayer(subject))
            : switch (quantity) {
              case Values.TRACE -> List.of(leastTrace(subject, true));
              case Values.NORM -> List.of(leastNorm(subject, true));
              default -> List.of(leastTrace(subject, false), leastNorm(subject, false));
            };
    Candidate best = candidates.get(0);
    Outcome lowest = Values.of(quantity, subject.at(best.network()));
    for (Candidate other : candidates.subList(1, candidates.size())) {
      Outcome found = Values.of(quantity, subject.at(other.network()));
      if (found.value() < lowest.value()) {
        best = other;
        lowest = found;
      }
    }
    if (candidates.size() > 1 && !(lowest.value() < before)) {
      throw new IllegalArgumentException(
          quantity
              + " is "
              + before
              + ", and neither the network of least trace nor that of least norm has less;"
              + " no other attack lowers it");
    }
    Outcome reached = lowest;
    return new Construction(name, quantity, subject, best.rescaling(), best.network())
        .reaching(before, best.predicted(), moved -> reached);
  }

  /** The trace is predicted where the diagonal that is minimized is the Hessian's. */
  private static Candidate leastTrace(Subject subject, boolean predicts) {
    MinimalTrace.Minimizer least = MinimalTrace.onOrbit().minimizer(subject.surface());
    OrbitMinimum minimum = least.minimum();
    boolean holds = predicts && subject.network().piecewiseLinear() && minimum.droppedEdges() == 0;
    return new Candidate(
        minimum.rescaling(),
        least.network(),
        holds ? OptionalDouble.of(minimum.value()) : OptionalDouble.empty());
  }

  private static Candidate leastNorm(Subject subject, boolean predicts) {
    Network pruned = DeadClasses.of(subject.network()).pruned();
    OrbitMinimum minimum = Gauge.leastNorm(pruned);
    return new Candidate(
        minimum.rescaling(),
        minimum.rescaling().applyTo(pruned),
        predicts ? OptionalDouble.of(minimum.value()) : OptionalDouble.empty());
  }

  /** All units that the layer writes take the spread, or all that it reads one over it. */
  private Candidate scaledLayer(Subject subject) {
    ScaleClasses classes = ScaleClasses.of(subject.network());
    Node layer = Values.layer(quantity, subject);
    int[] written = free(classes, layer.index());
    int[] read = free(classes, layer.input());
    if (written.length == 0 && read.length == 0) {
      throw new IllegalArgumentException(
          quantity
              + " is the same on the whole orbit, because layer \""
              + layer.name()
              + "\" reads and writes no hidden unit that can be rescaled");
    }
    double[] diagonal = HessianTrace.diagonal(subject);
    double before = trace(subject, layer, diagonal, Rescaling.identity(classes));
    for (int[] units : List.of(written, read)) {
      double[] factors = new double[classes.freeCount()];
      Arrays.fill(factors, 1);
      for (int c : units) {
        factors[c] = units == written ? spread : 1 / spread;
      }
      Rescaling rescaling = Rescaling.of(classes, factors);
      double lowered = trace(subject, layer, diagonal, rescaling);
      if (lowered < before) {
        return new Candidate(
            rescaling, rescaling.applyTo(subject.network()), OptionalDouble.of(lowered));
      }
    }
    throw new IllegalArgumentException(
        quantity
            + " is "
            + before
            + ", and no common factor of the units that layer \""
            + layer.name()
            + "\" writes or reads lowers it: it reads units that have the scale of those it writes");
  }

  /** What the trace of the layer becomes: second derivatives are divided by the squared ratio. */
  private static double trace(Subject subject, Node layer, double[] diagonal, Rescaling rescaling) {
    double[] sum = new double[1];
    int offset = subject.network().weight(layer).offset();
    int end = offset + subject.network().weight(layer).size();
    rescaling
        .classes()
        .forEachEdge(
            layer,
            (position, from, to) -> {
              double ratio = rescaling.factor(from) / rescaling.factor(to);
              sum[0] +=
                  position >= offset && position < end ? diagonal[position] * ratio * ratio : 0;
            });
    return sum[0];
  }

  private static int[] free(ScaleClasses classes, int node) {
    return Arrays.stream(classes.classesOf(node)).filter(classes::isFree).toArray();
  }
}
