package dev.flatness.basispath;

import dev.flatness.network.Network;
import dev.flatness.symmetry.Rescaling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The basis paths of a trained network: one for every weight that is not a free edge, with its
 * value, which no positive rescaling changes.
 *
 * <p>Formula: v_e = in(a) · w_e · out(b), in(a) the product of in-edges from the input to a, out(b)
 * that of free edges from b to the output, both 1 where there is nothing to follow. There are m − H
 * of them, m living weights and H hidden units.
 *
 * <p>Units: those of the network's output per input. With padding a tap may lie on no path of the
 * network, and with late shortcuts neither may a basis path: its value is an invariant coordinate
 * all the same. Cost: O(parameters) when made, 12 bytes a parameter; a path is listed when it is
 * asked for. Immutable.
 *
 * <p>Source: Meng et al. 2018; Yi et al. 2019, §2.2; docs/mathematics.md#paths-and-values.
 */
public final class BasisPaths {
  private final Skeleton skeleton;
  private final PathGraph graph;
  private final int[] position;
  private final int[] divisorOfClass;
  private final Chains chains;
  private final double[] values;

  private BasisPaths(Skeleton skeleton) {
    this.skeleton = skeleton;
    this.graph = skeleton.graph();
    BitSet free = skeleton.free();
    this.position =
        IntStream.range(0, graph.theta().length)
            .filter(i -> graph.isEdge(i) && !free.get(i))
            .toArray();
    this.divisorOfClass = divisorsOfClasses(free);
    this.chains = new Chains(graph.theta());
    this.values = valuesOf(graph.theta(), chains);
    for (int i = 0; i < position.length; i++) {
      double weight = graph.weight(position[i]);
      if (!Double.isFinite(values[i]) || (values[i] == 0 && weight != 0)) {
        throw new IllegalArgumentException(
            "the basis path of the weight "
                + edge(position[i])
                + " has the value "
                + values[i]
                + ", out of the range of doubles; scale the network's inputs and outputs");
      }
    }
  }

  /**
   * Finds the basis paths of a skeleton.
   *
   * @param skeleton the skeleton of a network
   * @return the paths at the network's own weights
   * @throws IllegalArgumentException if a value leaves the range of doubles
   */
  public static BasisPaths of(Skeleton skeleton) {
    return new BasisPaths(Objects.requireNonNull(skeleton, "skeleton"));
  }

  /** Products along the chains of every class at given weights. */
  private final class Chains {
    final double[] into;
    final double[] outOf;

    Chains(double[] weights) {
      int classes = graph.classes().count();
      into = new double[classes];
      outOf = new double[classes];
      Arrays.fill(into, 1);
      Arrays.fill(outOf, 1);
      for (int unit : skeleton.fromInput()) {
        int edge = skeleton.in(unit);
        into[unit] = into[graph.from(edge)] * weights[edge];
      }
      for (int unit : skeleton.fromOutput()) {
        int edge = skeleton.out(unit);
        outOf[unit] = weights[edge] * outOf[graph.to(edge)];
      }
    }
  }

  /** r(a) as a coordinate for every class, −1 for anchored ones. */
  private int[] divisorsOfClasses(BitSet free) {
    int[] divisor = new int[graph.classes().count()];
    Arrays.fill(divisor, -1);
    for (int unit : skeleton.fromInput()) {
      int edge = skeleton.in(unit);
      divisor[unit] =
          free.get(edge) ? divisor[graph.from(edge)] : Arrays.binarySearch(position, edge);
    }
    return divisor;
  }

  private double[] valuesOf(double[] weights, Chains along) {
    double[] products = new double[position.length];
    for (int i = 0; i < position.length; i++) {
      int e = position[i];
      int tail = graph.from(e);
      double into = tail == PathGraph.SOURCE ? 1 : along.into[tail];
      products[i] = into * weights[e] * along.outOf[graph.to(e)];
    }
    return products;
  }

  /** The values of the same paths at other weights. */
  double[] valuesAt(double[] weights) {
    return valuesOf(weights, new Chains(weights));
  }

  /**
   * Returns the skeleton.
   *
   * @return which weights the paths run along
   */
  public Skeleton skeleton() {
    return skeleton;
  }

  /**
   * Returns the network.
   *
   * @return the network at its own weights
   */
  public Network network() {
    return graph.network();
  }

  /**
   * Returns the number of basis paths.
   *
   * @return m − H
   */
  public int count() {
    return values.length;
  }

  /**
   * Returns the values.
   *
   * @return in the order of the parameters, free edges left out; a copy
   */
  public double[] values() {
    return values.clone();
  }

  /**
   * Returns sup |v| / inf |v|.
   *
   * @return at least 1; infinite where a value is 0
   */
  public double ratio() {
    return largest() / smallest();
  }

  /**
   * Returns sup |v|.
   *
   * @return the largest magnitude
   */
  public double largest() {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  /**
   * Returns inf |v|.
   *
   * @return the smallest magnitude, 0 where a weight is 0
   */
  public double smallest() {
    return Arrays.stream(values).map(Math::abs).min().orElse(0);
  }

  /**
   * Lists one path.
   *
   * <p>Cost: its length.
   *
   * @param index its place among the coordinates
   * @return the path
   */
  public BasisPath path(int index) {
    Objects.checkIndex(index, values.length);
    List<PathEdge> edges = new ArrayList<>();
    int e = position[index];
    int at = graph.from(e);
    while (at != PathGraph.SOURCE && graph.isHidden(at)) {
      edges.add(0, edge(skeleton.in(at)));
      at = graph.from(skeleton.in(at));
    }
    int place = edges.size();
    edges.add(edge(e));
    for (at = graph.to(e); graph.isHidden(at); at = graph.to(skeleton.out(at))) {
      edges.add(edge(skeleton.out(at)));
    }
    return new BasisPath(index, values[index], edges, place);
  }

  /**
   * Writes the product of a chain of weights in terms of the basis: v_p = Π v_i^{n_i}.
   *
   * <p>Formula: +1 for each weight that is not a free edge, −1 for the divisor r(a) of each of them
   * that leaves a hidden unit a. Cost: O(count) and the length of the path.
   *
   * @param path positions in θ of a path's weights, as often as they are used
   * @return the exponent of each coordinate
   * @throws IllegalArgumentException if a weight is no edge of a path
   */
  public int[] exponents(int... path) {
    int[] exponents = new int[values.length];
    for (int edge : path) {
      if (!graph.isEdge(edge)) {
        throw new IllegalArgumentException(
            "the weight " + edge(edge) + " touches a dead unit and lies on no path");
      }
      int i = Arrays.binarySearch(position, edge);
      if (i >= 0) {
        exponents[i]++;
        if (divisor(i) >= 0) {
          exponents[divisor(i)]--;
        }
      }
    }
    return exponents;
  }

  /**
   * Lists all paths, each made when it is reached.
   *
   * @return in the order of the coordinates
   */
  public Stream<BasisPath> stream() {
    return IntStream.range(0, values.length).mapToObj(this::path);
  }

  /**
   * Lists the paths of the largest magnitudes.
   *
   * @param most how many at most
   * @return the largest first
   */
  public List<BasisPath> largest(int most) {
    return ranked(most, Comparator.<Integer>comparingDouble(i -> -Math.abs(values[i])));
  }

  /**
   * Lists the paths of the smallest magnitudes.
   *
   * @param most how many at most
   * @return the smallest first
   */
  public List<BasisPath> smallest(int most) {
    return ranked(most, Comparator.<Integer>comparingDouble(i -> Math.abs(values[i])));
  }

  private List<BasisPath> ranked(int most, Comparator<Integer> order) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(order)
        .limit(most)
        .map(this::path)
        .toList();
  }

  /**
   * Returns which weight each coordinate moves.
   *
   * @return positions in θ, ascending, one a coordinate
   */
  public int[] positions() {
    return position.clone();
  }

  /**
   * Returns the paths that bound the chart: those of in-edges that are not free, by which the other
   * weights are divided.
   *
   * @return places among the coordinates, ascending, each once
   */
  public int[] divisors() {
    return IntStream.range(0, values.length)
        .map(this::divisor)
        .filter(divisor -> divisor >= 0)
        .sorted()
        .distinct()
        .toArray();
  }

  /**
   * Returns the path that bounds the chart: of the divisors the one of least magnitude.
   *
   * @return the path, or null where no path divides a weight
   */
  public @Nullable BasisPath radiusPath() {
    return Arrays.stream(divisors())
        .boxed()
        .min(Comparator.comparingDouble(i -> Math.abs(values[i])))
        .map(this::path)
        .orElse(null);
  }

  /**
   * Returns the radius of the chart.
   *
   * @return R = min |v_r|; infinite where no path divides a weight
   */
  public double radius() {
    BasisPath path = radiusPath();
    return path == null ? Double.POSITIVE_INFINITY : Math.abs(path.value());
  }

  /**
   * Returns how unevenly the coordinates move weights: the ratio of the largest to the smallest
   * column of ∂w/∂v in the minimum-norm representative of the network.
   *
   * <p>A lower bound of the condition number of ∂w/∂v there; the gauge makes it a number that no
   * rescaling changes. Cost: O(parameters) and the gauge.
   *
   * @return at least 1
   */
  public double conditioning() {
    Rescaling gauge = graph.leastNorm();
    double[] squares = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int e = position[i];
      int r = divisor(i);
      double scale = gauge.factor(graph.to(e)) / gauge.factor(graph.from(e));
      double divided = r < 0 ? 1 : values[r];
      double own = outOf(graph.from(e)) / outOf(graph.to(e)) / divided * scale;
      squares[i] += own * own;
      if (r >= 0) {
        double common = graph.weight(e) / values[r] * scale;
        squares[r] += common * common;
      }
    }
    double largest = Arrays.stream(squares).max().orElse(1);
    double smallest = Arrays.stream(squares).min().orElse(1);
    return Math.sqrt(largest / smallest);
  }

  /**
   * Returns the canonical representative: the network of the same function whose free edges have
   * magnitude 1 and keep their signs.
   *
   * <p>Formula: w_e = v_e · sign out(a) · sign out(b) / v_{r(a)}: the values and the signs of the
   * free edges determine it. Weights of dead units become 0. Cost: O(parameters).
   *
   * @return the network; its own basis paths have the same values
   */
  public Network canonical() {
    return canonicalRescaling().applyTo(graph.pruned());
  }

  /**
   * Returns the rescaling that leads to the canonical representative.
   *
   * @return of the whole network; weights of dead units keep their size under it
   */
  public Rescaling canonicalRescaling() {
    double[] factors = new double[graph.classes().freeCount()];
    Arrays.setAll(factors, c -> graph.isHidden(c) ? Math.abs(outOf(c)) : 1);
    return Rescaling.of(graph.classes(), factors);
  }

  /**
   * Returns the coordinates that the values are.
   *
   * @return the change of variables from values to weights, in the gauge of the network's own
   *     weights
   */
  public BasisPathCoordinates coordinates() {
    return new BasisPathCoordinates(this);
  }

  PathGraph graph() {
    return graph;
  }

  /** The position in θ of a coordinate's edge. */
  int position(int coordinate) {
    return position[coordinate];
  }

  /** The coordinate v_r that divides a coordinate's weight, −1 for none. */
  int divisor(int coordinate) {
    int tail = graph.from(position[coordinate]);
    return tail == PathGraph.SOURCE ? -1 : divisorOfClass[tail];
  }

  /** out(a), 1 for anchored classes and the source. */
  double outOf(int scaleClass) {
    return scaleClass == PathGraph.SOURCE ? 1 : chains.outOf[scaleClass];
  }

  private PathEdge edge(int at) {
    return PathEdge.of(graph.network(), at);
  }
}
