package dev.flatness.basispath;

import dev.flatness.network.Network;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All paths of a small network, from an input or a bias to an output, each as the weights it runs
 * along.
 *
 * <p>Formula: row p holds how often path p uses each weight; its rank over the rationals is at most
 * m − H, and m − H where every weight lies on a path. The network's outputs are sums over the paths
 * that are active for an input, y_j = Σ_p x_p · Π slopes · v_p.
 *
 * <p>Shapes: one row a product of weights; paths of a convolution that use the same taps at
 * different places are one row. Cost: exponential in the depth, refused above a limit. Errors: a
 * network with more paths than the limit. Immutable.
 *
 * <p>Source: Meng et al. 2018, §3; Yi et al. 2019, eq. 2 and Lemma 5.1. A check and a teaching
 * tool: {@link BasisPaths} needs none of it.
 */
public final class PathMatrix {
  private static final int MOST = 100_000;

  private final Network network;
  private final int most;
  private final List<List<Integer>> paths;

  private PathMatrix(Network network, int most, Set<List<Integer>> paths) {
    this.network = network;
    this.most = most;
    this.paths = List.copyOf(paths);
  }

  /**
   * Lists the paths of a network.
   *
   * @param network a network of at most 100,000 paths an output
   * @return the paths
   * @throws IllegalArgumentException if there are more
   */
  public static PathMatrix of(Network network) {
    return of(network, MOST);
  }

  /**
   * Lists the paths of a network.
   *
   * @param network a small network
   * @param most the limit of paths an output
   * @return the paths
   * @throws IllegalArgumentException if there are more
   */
  public static PathMatrix of(Network network, int most) {
    Set<List<Integer>> found = new LinkedHashSet<>();
    for (Map<List<Integer>, Double> output : new PathPolynomials(network, null, most).outputs()) {
      found.addAll(output.keySet());
    }
    // What a constant layer adds runs along no weight.
    found.remove(List.<Integer>of());
    return new PathMatrix(network, most, found);
  }

  /**
   * Returns the number of paths.
   *
   * @return the number of rows
   */
  public int size() {
    return paths.size();
  }

  /**
   * Returns a path.
   *
   * @param row which
   * @return the positions in θ of its weights, ascending, one as often as it is used
   */
  public int[] path(int row) {
    return PathPolynomials.positions(paths.get(row));
  }

  /**
   * Returns a path's value.
   *
   * @param row which
   * @return the product of its weights
   */
  public double value(int row) {
    double[] theta = network.parameterVector();
    return Arrays.stream(path(row))
        .mapToDouble(position -> theta[position])
        .reduce(1, (a, b) -> a * b);
  }

  /**
   * Returns the rank.
   *
   * <p>Cost: rows · rank · m operations on integers of unbounded size.
   *
   * @return the rank over the rationals, by exact elimination
   */
  public int rank() {
    IntegerRank rank = new IntegerRank(network.parameterCount());
    for (int row = 0; row < paths.size(); row++) {
      rank.add(counts(path(row)));
    }
    return rank.rank();
  }

  private long[] counts(int[] path) {
    long[] counts = new long[network.parameterCount()];
    for (int position : path) {
      counts[position]++;
    }
    return counts;
  }

  /**
   * Returns the network's outputs for an input as sums over its active paths.
   *
   * <p>Cost: that of listing the paths.
   *
   * @param input one sample
   * @return the outputs, which a forward pass gives too
   * @throws IllegalArgumentException if the network is not piecewise linear, or the input does not
   *     fit
   */
  public double[] outputs(double[] input) {
    if (!network.piecewiseLinear()) {
      throw new IllegalArgumentException(
          "the network is not piecewise linear, so its outputs are no sums over paths");
    }
    if (input.length != network.inputShape().size()) {
      throw new IllegalArgumentException(
          "the input has " + input.length + " entries, expected " + network.inputShape().size());
    }
    PathPolynomials active = new PathPolynomials(network, input, most);
    return active.outputs().stream().mapToDouble(active::value).toArray();
  }
}
