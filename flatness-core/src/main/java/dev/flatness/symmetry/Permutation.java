package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A permutation of hidden units, which changes the order of the parameters but not the function of
 * a network.
 *
 * <p>Formula: W′[s, t] = W[π_out(s), π_in(t)] for every layer, with the permutations of its outputs
 * and inputs; sums, concatenations, poolings and reshapes carry units along, all positions of a
 * channel together. Units that weightless operations tie move together, those that only differ in
 * what a concatenation, a group or a constant does with them stay among their equals; inputs,
 * outputs and what shared parameters touch stay in place.
 *
 * <p>Units: positions of units in their layers. Cost: drawing is linear in the features of one
 * forward pass, applying in the parameters. Errors: a network of another graph is an {@link
 * IllegalArgumentException}. Immutable. Source: docs/mathematics.md#permutations.
 */
public final class Permutation {
  private final Network network;

  /** For every node the feature that moved to each place; null where all stay. */
  private final int[][] sources;

  private Permutation(Network network, int[][] sources) {
    this.network = network;
    this.sources = sources;
  }

  /**
   * Draws a permutation, uniform among those of every group of interchangeable units.
   *
   * @param network the network
   * @param seed the randomness
   * @return the permutation
   */
  public static Permutation random(Network network, Seed seed) {
    RandomGenerator generator = seed.generator();
    UnitGroups groups = UnitGroups.of(network);
    int[] source = new int[groups.unitCount()];
    Arrays.setAll(source, unit -> unit);
    for (int[] group : groups.interchangeable()) {
      int[] shuffled = group.clone();
      for (int i = shuffled.length - 1; i > 0; i--) {
        int j = generator.nextInt(i + 1);
        int swapped = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = swapped;
      }
      for (int i = 0; i < group.length; i++) {
        source[group[i]] = shuffled[i];
      }
    }
    int[][] sources = new int[network.nodes().size()][];
    Arrays.setAll(sources, node -> groups.featureSources(node, source));
    return new Permutation(network, sources);
  }

  /**
   * Returns the permutation that changes nothing.
   *
   * @param network the network
   * @return the identity
   */
  public static Permutation identity(Network network) {
    return new Permutation(network, new int[network.nodes().size()][]);
  }

  /**
   * Tells whether nothing moves.
   *
   * @return whether this is the identity
   */
  public boolean isIdentity() {
    return Arrays.stream(sources).allMatch(Objects::isNull);
  }

  /**
   * Permutes a network.
   *
   * @param other a network of the same graph
   * @return the network of the same function with its units in another order
   */
  public Network applyTo(Network other) {
    ScaleClasses.requireSameGraph(network, other);
    double[] theta = other.parameterVector();
    double[] moved = theta.clone();
    for (Node node : network.nodes()) {
      if (node.weight() >= 0) {
        moveWeight(node, theta, moved);
      }
      if (node.bias() >= 0 && network.bias(node).size() == rows(node).length) {
        move(network.bias(node), rows(node), theta, moved);
      }
    }
    return other.withParameters(moved);
  }

  /**
   * Returns where each output unit of a layer came from.
   *
   * @param layer a layer with parameters
   * @return for each row of its weight in the permuted network the row in the original one
   */
  public int[] rows(Node layer) {
    return channels(layer.index());
  }

  /**
   * Returns where each input unit of a layer came from.
   *
   * @param layer a layer with parameters
   * @return for each input channel (dense: input feature) in the permuted network the one in the
   *     original
   */
  public int[] columns(Node layer) {
    return channels(layer.input());
  }

  /**
   * Reorders a list of one number per output unit, as {@code rho-rows}, to the permuted network's
   * order.
   *
   * @param layer the layer it was measured on
   * @param values the list of the original network
   * @return the list expected of the permuted network
   */
  public double[] permuteRows(Node layer, double[] values) {
    return permuted(layer, rows(layer), values);
  }

  /**
   * Reorders a list of one number per input unit, as {@code rho}, to the permuted network's order.
   *
   * @param layer the layer it was measured on
   * @param values the list of the original network
   * @return the list expected of the permuted network
   */
  public double[] permuteColumns(Node layer, double[] values) {
    return permuted(layer, columns(layer), values);
  }

  private static double[] permuted(Node layer, int[] from, double[] values) {
    if (values.length != from.length) {
      throw new IllegalArgumentException(
          "list of layer \""
              + layer.name()
              + "\" has "
              + values.length
              + " numbers, expected "
              + from.length);
    }
    return Arrays.stream(from).mapToDouble(i -> values[i]).toArray();
  }

  private int[] channels(int node) {
    int positions = network.node(node).shape().positions();
    int[] channels = new int[network.node(node).shape().extent(0)];
    int[] source = sources[node];
    Arrays.setAll(channels, c -> source == null ? c : source[c * positions] / positions);
    return channels;
  }

  private static void move(Parameter parameter, int[] from, double[] theta, double[] moved) {
    for (int i = 0; i < from.length; i++) {
      moved[parameter.offset() + i] = theta[parameter.offset() + from[i]];
    }
  }

  private void moveWeight(Node node, double[] theta, double[] moved) {
    Parameter weight = network.weight(node);
    int[] rows = rows(node);
    if (node.layer() instanceof Layer.Affine) {
      move(weight, rows, theta, moved);
      return;
    }
    int[] columns = columns(node);
    int reads = weight.shape().extent(1);
    int taps = weight.shape().positions() / reads;
    for (int s = 0; s < rows.length; s++) {
      int first = firstInput(node.layer(), s);
      int firstSource = firstInput(node.layer(), rows[s]);
      for (int c = 0; c < reads; c++) {
        int to = weight.offset() + (s * reads + c) * taps;
        int from = weight.offset() + (rows[s] * reads + columns[first + c] - firstSource) * taps;
        System.arraycopy(theta, from, moved, to, taps);
      }
    }
  }

  private static int firstInput(Layer layer, int row) {
    return layer instanceof Layer.Convolution convolution
        ? ScaleClasses.firstInput(convolution, row)
        : 0;
  }
}
