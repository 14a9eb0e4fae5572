package dev.flatness.symmetry;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The scale classes through which nothing flows from the input to the output.
 *
 * <p>Formula: a free class is dead when no chain of non-zero weights leads to it from the input or
 * the bias source, or none leads from it to the output. What adds a constant or has an activation
 * with σ(0) ≠ 0 counts as a source. Anchored classes have nothing to rescale and are never dead.
 *
 * <p>Cost: a few sweeps over the parameters. Errors: a network of another graph than the classes'
 * is an {@link IllegalArgumentException}. Source: docs/mathematics.md#dead-classes.
 */
public final class DeadClasses {
  private final ScaleClasses classes;
  private final Network network;
  private final BitSet dead;
  private final boolean derivativesKept;

  private DeadClasses(ScaleClasses classes, Network network, BitSet dead, boolean derivativesKept) {
    this.derivativesKept = derivativesKept;
    this.classes = classes;
    this.network = network;
    this.dead = dead;
  }

  /**
   * Finds the dead classes.
   *
   * @param network the network with its weights
   * @return its dead classes
   */
  public static DeadClasses of(Network network) {
    return of(ScaleClasses.of(network), network);
  }

  /**
   * Finds the dead classes where the scale classes are known.
   *
   * @param classes the scale classes of the network's graph
   * @param network the network with its weights
   * @return its dead classes
   */
  public static DeadClasses of(ScaleClasses classes, Network network) {
    classes.requireSameGraph(network);
    double[] theta = network.parameterVector();
    BitSet reached = new BitSet();
    BitSet leading = new BitSet();
    for (int c = 0; c < classes.count(); c++) {
      Set<Anchor> anchors = classes.anchors(c);
      reached.set(c, anchors.contains(Anchor.INPUT) || classes.emits(c));
      leading.set(c, anchors.contains(Anchor.OUTPUT));
    }
    spreadForward(classes, network, theta, reached);
    spreadBackward(classes, network, theta, leading);
    BitSet dead = new BitSet();
    for (int c = 0; c < classes.freeCount(); c++) {
      dead.set(c, !(reached.get(c) && leading.get(c)));
    }
    // Through an anchored unit that is cut off, a weight of 0 sees what dead units would pass on.
    BitSet open = new BitSet();
    open.set(classes.freeCount(), classes.count());
    BitSet through = (BitSet) reached.clone();
    through.and(leading);
    open.andNot(through);
    BitSet written = new BitSet();
    BitSet read = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> {
          written.set(to);
          if (from != ScaleClasses.SOURCE) {
            read.set(from);
          }
        });
    open.and(written);
    open.and(read);
    return new DeadClasses(classes, network, dead, dead.isEmpty() || open.isEmpty());
  }

  /**
   * Adds the classes that non-zero weights lead to; a sweep carries them through a whole chain of
   * layers, and sweeps repeat only where classes join layers out of order.
   */
  static int spreadForward(ScaleClasses classes, Network network, double[] theta, BitSet reached) {
    ScaleClasses.EdgeVisitor visitor =
        (position, from, to) -> {
          if (theta[position] != 0 && (from == ScaleClasses.SOURCE || reached.get(from))) {
            reached.set(to);
          }
        };
    return spread(network.nodes(), classes, reached, visitor);
  }

  /** Adds the classes from which non-zero weights lead to given ones, from the last layer on. */
  static int spreadBackward(ScaleClasses classes, Network network, double[] theta, BitSet leading) {
    ScaleClasses.EdgeVisitor visitor =
        (position, from, to) -> {
          if (theta[position] != 0 && from != ScaleClasses.SOURCE && leading.get(to)) {
            leading.set(from);
          }
        };
    List<Node> backward = new ArrayList<>(network.nodes());
    Collections.reverse(backward);
    return spread(backward, classes, leading, visitor);
  }

  /** Sweeps until a sweep adds nothing; returns how many there were. */
  private static int spread(
      List<Node> order, ScaleClasses classes, BitSet found, ScaleClasses.EdgeVisitor visitor) {
    int sweeps = 0;
    int before;
    do {
      before = found.cardinality();
      order.forEach(node -> classes.forEachEdge(node, visitor));
      sweeps++;
    } while (found.cardinality() > before);
    return sweeps;
  }

  /**
   * Tells whether a class is dead; anchored classes never are.
   *
   * @param scaleClass the class
   * @return whether nothing flows through it
   */
  public boolean isDead(int scaleClass) {
    return dead.get(scaleClass);
  }

  /**
   * Returns the number of dead classes.
   *
   * @return how many there are
   */
  public int count() {
    return dead.cardinality();
  }

  /**
   * Returns the number of free classes that are not dead.
   *
   * @return the number of free edges of a skeleton
   */
  public int liveFreeCount() {
    return classes.freeCount() - count();
  }

  /**
   * Returns the dead classes.
   *
   * @return their numbers, ascending
   */
  public int[] toArray() {
    return dead.stream().toArray();
  }

  /**
   * Names the dead units, for reports.
   *
   * @return one description a class, as {@link ScaleClasses#describe(int)}
   */
  public List<String> names() {
    return dead.stream().mapToObj(classes::describe).toList();
  }

  /**
   * Tells whether pruning leaves the derivatives at all parameters outside of {@link #positions()}
   * as they are. It may not where an anchored unit is cut off from the input or the output: there a
   * weight of 0 has a derivative by way of dead units.
   *
   * @return whether derivatives of the network serve for the pruned one
   */
  public boolean derivativesKept() {
    return derivativesKept;
  }

  /**
   * Sets every weight and bias into and out of dead classes to 0; the limit of the rescaling orbit.
   * The function stays.
   *
   * @return the pruned network; the same object where nothing is to be done
   */
  public Network pruned() {
    double[] theta = network.parameterVector();
    positions().stream().forEach(position -> theta[position] = 0);
    return Arrays.equals(theta, network.parameterVector())
        ? network
        : network.withParameters(theta);
  }

  /**
   * Returns the parameters that lead into or out of dead classes and nowhere else. The derivatives
   * of the pruned network are 0 there, and elsewhere those of the network itself if {@link
   * #derivativesKept}.
   *
   * @return their positions in θ; a new set
   */
  public BitSet positions() {
    BitSet touching = new BitSet();
    BitSet others = new BitSet();
    classes.forEachEdge(
        (position, from, to) -> (touches(from, to) ? touching : others).set(position));
    touching.andNot(others);
    return touching;
  }

  private boolean touches(int from, int to) {
    return dead.get(to) || (from != ScaleClasses.SOURCE && dead.get(from));
  }
}
