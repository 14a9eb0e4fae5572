package dev.flatness.basispath;

import dev.flatness.network.Network;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * For each hidden unit the one weight out of it and the one weight into it along which basis paths
 * run on.
 *
 * <p>Formula: every free, living scale class a has a <em>free out-edge</em> and an
 * <em>in-edge</em>; following in-edges from any class ends at the input side, following free edges
 * at the output side. The H free edges are held fixed; every other weight is the coordinate edge of
 * one basis path.
 *
 * <p>Units: weights are named by their positions in θ. Cost: 8 bytes a free class and 16 bytes a
 * parameter; the balanced rule also solves the minimum-norm gauge. Errors: a rule that is not
 * defined for the network, a weight of 0 on the skeleton and a unit that only biases reach are
 * {@link IllegalArgumentException}s that name it. Immutable.
 *
 * <p>Source: Yi et al. 2019, §2.2; docs/mathematics.md#skeleton.
 */
public final class Skeleton {
  private final @Nullable String note;
  private final String rule;
  private final PathGraph graph;
  private final int[] out;
  private final int[] in;
  private final int[] fromInput;
  private final int[] fromOutput;

  private Skeleton(String rule, PathGraph graph, int[] out, int[] in, @Nullable String note) {
    this.note = note;
    this.rule = rule;
    this.graph = graph;
    this.out = out;
    this.in = in;
    this.fromInput = ordered(unit -> graph.from(in[unit]), "in-edges", "input");
    this.fromOutput = ordered(unit -> graph.to(out[unit]), "free out-edges", "output");
  }

  /**
   * Chooses by the diagonal rule: unit j of a layer of width h feeds unit j mod h' of the next one,
   * and unit i is fed by unit i mod h of the layer before; of several taps the middle one.
   *
   * @param network a chain of layers without grouped convolutions
   * @return the skeleton
   * @throws IllegalArgumentException if the rule is not defined there or meets a weight of 0
   */
  public static Skeleton diagonal(Network network) {
    return DiagonalRule.chooseOrAdvise(new PathGraph(network));
  }

  /**
   * Chooses by the balanced rule: in the minimum-norm representative of the network each class
   * takes its largest weight that leads nearer to the output, then its largest weight that comes
   * from nearer to the input, free edges first. Equivariant under permutations of units.
   *
   * @param network any network
   * @return the skeleton
   * @throws IllegalArgumentException if only biases reach a unit
   */
  public static Skeleton balanced(Network network) {
    return BalancedRule.choose(new PathGraph(network));
  }

  /**
   * Chooses by the diagonal rule where it is defined and meets no weight of 0, else by the balanced
   * one. Where only a weight stands in the way, {@link #note} names it.
   *
   * @param network any network
   * @return the skeleton
   * @throws IllegalArgumentException if a unit cannot be served
   */
  public static Skeleton auto(Network network) {
    PathGraph graph = new PathGraph(network);
    if (DiagonalRule.inapplicable(graph).isPresent()) {
      return BalancedRule.choose(graph);
    }
    try {
      return DiagonalRule.choose(graph);
    } catch (DiagonalRule.Undefined undefined) {
      Skeleton skeleton = BalancedRule.choose(graph);
      String note = undefined.getMessage() + "; the balanced rule was taken";
      return new Skeleton(skeleton.rule, graph, skeleton.out, skeleton.in, note);
    }
  }

  /**
   * Makes a skeleton of given weights.
   *
   * @param network any network
   * @param freeEdges positions in θ, the free out-edge of each class that a weight leads out of
   * @param inEdges positions in θ, the in-edge of each class that a weight leads into
   * @return the skeleton
   * @throws IllegalArgumentException if a class has none or two of a kind, a weight is 0 or a bias,
   *     or following edges leads in a circle
   */
  public static Skeleton of(Network network, int[] freeEdges, int[] inEdges) {
    PathGraph graph = new PathGraph(network);
    int[] out = new int[graph.classes().freeCount()];
    int[] in = new int[out.length];
    Arrays.fill(out, -1);
    Arrays.fill(in, -1);
    for (int position : freeEdges) {
      assign(graph, out, position, "free out-edge");
    }
    for (int position : inEdges) {
      assign(graph, in, position, "in-edge");
    }
    return checked("given", graph, out, in);
  }

  private static void assign(PathGraph graph, int[] edges, int position, String what) {
    PathEdge named = PathEdge.of(graph.network(), position);
    boolean leaves = what.startsWith("free");
    int unit = !graph.isEdge(position) ? -1 : leaves ? graph.from(position) : graph.to(position);
    if (!graph.isHidden(unit)) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " "
              + named
              + " leads "
              + (leaves ? "out of" : "into")
              + " no living hidden unit that can be rescaled; leave it out");
    }
    if (edges[unit] >= 0) {
      throw new IllegalArgumentException(
          "the unit "
              + graph.classes().describe(unit)
              + " has two of the kind "
              + what
              + ": "
              + PathEdge.of(graph.network(), edges[unit])
              + " and "
              + named
              + ", expected one");
    }
    edges[unit] = position;
  }

  /** Refuses what is no skeleton. */
  static Skeleton checked(String rule, PathGraph graph, int[] out, int[] in) {
    for (int unit = 0; unit < out.length; unit++) {
      if (graph.isHidden(unit)) {
        requireEdge(graph, unit, out[unit], "free out-edge");
        requireEdge(graph, unit, in[unit], "in-edge");
      }
    }
    return new Skeleton(rule, graph, out, in, null);
  }

  private static void requireEdge(PathGraph graph, int unit, int position, String what) {
    String name = graph.classes().describe(unit);
    if (position < 0) {
      throw new IllegalArgumentException(
          "the unit "
              + name
              + " has no "
              + what
              + (graph.fromInput(unit) < 0
                  ? ": only biases reach it, no chain of non-zero weights from the input"
                  : ", expected one"));
    }
    if (graph.weight(position) == 0) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " of the unit "
              + name
              + ", "
              + PathEdge.of(graph.network(), position)
              + ", is 0, expected a weight that is not");
    }
    if (graph.from(position) == PathGraph.SOURCE) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " of the unit "
              + name
              + ", "
              + PathEdge.of(graph.network(), position)
              + ", is a bias, expected a weight");
    }
  }

  /** The hidden classes, each after the one that its edge leads to; refuses circles. */
  private int[] ordered(IntUnaryOperator next, String edges, String end) {
    int[] order = new int[graph.hiddenCount()];
    int[] chain = new int[order.length];
    boolean[] placed = new boolean[out.length];
    int size = 0;
    for (int unit = 0; unit < out.length; unit++) {
      int length = 0;
      for (int at = unit; graph.isHidden(at) && !placed[at]; at = next.applyAsInt(at)) {
        if (length == chain.length) {
          throw new IllegalArgumentException(
              "following "
                  + edges
                  + " from the unit "
                  + graph.classes().describe(unit)
                  + " leads in a circle, expected the "
                  + end);
        }
        chain[length++] = at;
      }
      while (length > 0) {
        int at = chain[--length];
        placed[at] = true;
        order[size++] = at;
      }
    }
    return order;
  }

  /**
   * Returns the rule's name, under which numbers can be compared.
   *
   * @return {@code diagonal}, {@code balanced} or {@code given}
   */
  public String rule() {
    return rule;
  }

  /**
   * Returns why {@link #auto} did not take the diagonal rule in a chain of layers, for reports.
   *
   * @return a sentence that names the weight; empty where there is nothing to say
   */
  public Optional<String> note() {
    return Optional.ofNullable(note);
  }

  /**
   * Returns the number H of hidden units that it serves.
   *
   * @return the number of free edges
   */
  public int hiddenUnits() {
    return graph.hiddenCount();
  }

  /**
   * Returns the free edges.
   *
   * @return positions in θ, ascending
   */
  public int[] freeEdges() {
    return Arrays.stream(out).filter(position -> position >= 0).sorted().toArray();
  }

  /**
   * Returns the in-edges.
   *
   * @return positions in θ, ascending
   */
  public int[] inEdges() {
    return Arrays.stream(in).filter(position -> position >= 0).sorted().toArray();
  }

  /**
   * Tells whether permuting hidden units permutes the skeleton with them.
   *
   * @return true for the balanced rule
   */
  public boolean equivariant() {
    return rule.equals("balanced");
  }

  PathGraph graph() {
    return graph;
  }

  /** The free out-edge of a hidden class. */
  int out(int scaleClass) {
    return out[scaleClass];
  }

  /** The in-edge of a hidden class. */
  int in(int scaleClass) {
    return in[scaleClass];
  }

  /** The hidden classes, the tail of each one's in-edge before it. */
  int[] fromInput() {
    return fromInput;
  }

  /** The hidden classes, the head of each one's free edge before it. */
  int[] fromOutput() {
    return fromOutput;
  }

  /** The positions that are no coordinates although they are edges. */
  BitSet free() {
    BitSet free = new BitSet();
    for (int position : out) {
      if (position >= 0) {
        free.set(position);
      }
    }
    return free;
  }

  /** Returns the rule and the number of units. */
  @Override
  public String toString() {
    return "Skeleton[" + rule + ", " + hiddenUnits() + " hidden units]";
  }
}
