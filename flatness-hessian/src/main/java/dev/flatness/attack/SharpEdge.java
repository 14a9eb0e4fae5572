package dev.flatness.attack;

import dev.flatness.hessian.HessianTrace;
import dev.flatness.measure.Subject;
import dev.flatness.network.Parameter;
import dev.flatness.symmetry.ScaleClasses;

/** The parameter into a free class with the largest second derivative H_ee. */
record SharpEdge(ScaleClasses classes, int position, int scaleClass, double curvature) {
  static SharpEdge of(Subject subject) {
    double[] diagonal = HessianTrace.diagonal(subject);
    ScaleClasses classes = ScaleClasses.of(subject.network());
    int[] best = {-1, -1};
    classes.forEachEdge(
        (position, from, to) -> {
          if (to < classes.freeCount()
              && from != to
              && diagonal[position] > (best[0] < 0 ? 0 : diagonal[best[0]])) {
            best[0] = position;
            best[1] = to;
          }
        });
    if (best[0] < 0) {
      throw new IllegalArgumentException(
          "no parameter into a hidden unit that can be rescaled has a positive second derivative,"
              + " so no rescaling sharpens the network along one");
    }
    return new SharpEdge(classes, best[0], best[1], diagonal[best[0]]);
  }

  /** The parameter, as {@code fc1.weight[12]}. */
  String name(Subject subject) {
    Parameter parameter = subject.network().parameterAt(position);
    return parameter.name() + "[" + (position - parameter.offset()) + "]";
  }
}
