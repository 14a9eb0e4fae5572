package dev.flatness.basispath;

import dev.flatness.network.Network;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.Gauge;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;

/**
 * The graph whose paths are counted: scale classes as nodes, every single weight an edge, what
 * touches a dead class left out. Edges are named by their positions in θ.
 */
final class PathGraph {
  static final int SOURCE = ScaleClasses.SOURCE;
  private static final int NONE = -2;

  private final Network network;
  private final ScaleClasses classes;
  private final DeadClasses dead;
  private final double[] theta;
  private final int[] from;
  private final int[] to;
  private final int edges;
  private final int[] fromInput;
  private final int[] toOutput;

  PathGraph(Network network) {
    if (network.sharesParameters()) {
      throw new IllegalArgumentException(
          "several layers of the network share a weight, which has no place in a path; give each"
              + " layer its own");
    }
    this.network = network;
    this.classes = ScaleClasses.of(network);
    this.dead = DeadClasses.of(classes, network);
    this.theta = network.parameterVector();
    this.from = new int[theta.length];
    this.to = new int[theta.length];
    Arrays.fill(to, NONE);
    classes.forEachEdge(
        (position, tail, head) -> {
          if (to[position] == NONE
              && !dead.isDead(head)
              && (tail == SOURCE || !dead.isDead(tail))) {
            from[position] = tail;
            to[position] = head;
          }
        });
    this.edges = (int) Arrays.stream(to).filter(head -> head != NONE).count();
    this.fromInput = distances(false);
    this.toOutput = distances(true);
  }

  Network network() {
    return network;
  }

  ScaleClasses classes() {
    return classes;
  }

  /** A hidden class that can be rescaled and is alive: one of the H that a skeleton serves. */
  boolean isHidden(int scaleClass) {
    return scaleClass >= 0 && scaleClass < classes.freeCount() && !dead.isDead(scaleClass);
  }

  /** H. */
  int hiddenCount() {
    return dead.liveFreeCount();
  }

  boolean isDead(int scaleClass) {
    return dead.isDead(scaleClass);
  }

  /** m. */
  int edgeCount() {
    return edges;
  }

  /** The network without the weights of dead classes. */
  Network pruned() {
    return dead.pruned();
  }

  /** The rescaling that leads to the minimum-norm representative. */
  Rescaling leastNorm() {
    return Gauge.leastNorm(pruned()).rescaling();
  }

  boolean isEdge(int position) {
    return to[position] != NONE;
  }

  int from(int position) {
    return from[position];
  }

  int to(int position) {
    return to[position];
  }

  double weight(int position) {
    return theta[position];
  }

  double[] theta() {
    return theta;
  }

  /**
   * The fewest non-zero weights on a way from an anchored class, biases not counted; −1 if none.
   */
  int fromInput(int scaleClass) {
    return fromInput[scaleClass];
  }

  /** The fewest non-zero weights on a way to an anchored class; −1 if none. */
  int toOutput(int scaleClass) {
    return toOutput[scaleClass];
  }

  /** Breadth first from everything anchored, a sweep over the edges for each step. */
  private int[] distances(boolean backward) {
    int[] distance = new int[classes.count()];
    Arrays.fill(distance, 0, classes.freeCount(), -1);
    boolean reached = true;
    for (int step = 1; reached; step++) {
      reached = false;
      for (int position = 0; position < to.length; position++) {
        if (isEdge(position) && from[position] != SOURCE && theta[position] != 0) {
          int near = backward ? to[position] : from[position];
          int far = backward ? from[position] : to[position];
          if (distance[near] == step - 1 && distance[far] < 0) {
            distance[far] = step;
            reached = true;
          }
        }
      }
    }
    return distance;
  }
}
