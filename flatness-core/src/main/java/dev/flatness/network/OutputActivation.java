package dev.flatness.network;

import dev.flatness.network.Layer.Activate;
import dev.flatness.network.Layer.Concatenate;
import dev.flatness.network.Layer.Constant;
import dev.flatness.network.Layer.Reshape;
import dev.flatness.network.Layer.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An activation at a network's end that makes probabilities of logits, as exported classifiers have
 * it.
 *
 * <p>Some losses are defined on logits and contain such an activation, see {@code Loss.includes}.
 * Changes of shape may follow it.
 */
public enum OutputActivation {
  /** e^{z_k} / Σ_j e^{z_j}. */
  SOFTMAX("Softmax"),
  /** The logarithm of a softmax. */
  LOG_SOFTMAX("LogSoftmax"),
  /** 1 / (1 + e^{−z}), for each output alone. */
  SIGMOID("Sigmoid"),
  /** The pair [1 − p, p] of one sigmoid p: both classes' probabilities. */
  SIGMOID_PAIR("pair [1 − p, p] of one Sigmoid"),
  /**
   * Values made of sigmoids, or of their piecewise-linear form, in another way: joined, selected,
   * pooled, averaged, clipped, scaled by constants. No loss is known that contains them.
   */
  OF_SIGMOIDS("combination of Sigmoids or HardSigmoids");

  private final String description;

  OutputActivation(String description) {
    this.description = description;
  }

  /** Names the activation in a sentence. */
  @Override
  public String toString() {
    return description;
  }

  static Optional<OutputActivation> of(Network network) {
    Node end = end(network);
    if (end.layer() instanceof Softmax softmax) {
      return Optional.of(softmax.logarithm() ? LOG_SOFTMAX : SOFTMAX);
    }
    if (sigmoid(end)) {
      return Optional.of(SIGMOID);
    }
    if (pair(network, end)) {
      return Optional.of(SIGMOID_PAIR);
    }
    return madeOfSigmoids(network) ? Optional.of(OF_SIGMOIDS) : Optional.empty();
  }

  /** Whether sigmoids lead to the output with no weight between; of a sum all that is added. */
  private static boolean madeOfSigmoids(Network network) {
    boolean[] made = new boolean[network.nodes().size()];
    for (Node node : network.nodes()) {
      boolean of =
          node.layer() instanceof Layer.Add
              ? node.inputs().stream().allMatch(input -> made[input])
              : rearranges(node.layer()) && node.inputs().stream().anyMatch(input -> made[input]);
      made[node.index()] =
          of || is(node, Activation.Kind.SIGMOID) || is(node, Activation.Kind.HARD_SIGMOID);
    }
    return made[made.length - 1];
  }

  private static boolean rearranges(Layer layer) {
    return layer instanceof Concatenate
        || layer instanceof Constant
        || layer instanceof Layer.LinearMap
        || layer instanceof Reshape
        || layer instanceof Layer.Transpose
        || layer instanceof Layer.ZeroPad
        || layer instanceof Layer.MaxPool
        || layer instanceof Layer.AveragePool
        || layer instanceof Activate activate && activate.function().kind() == Activation.Kind.CLIP;
  }

  /** The nodes up to the activation's input, and the changes of shape that followed it. */
  static List<Node> before(Network network) {
    Node end = end(network);
    int first = pair(network, end) ? network.node(end.inputs().get(1)).index() : end.index();
    int input = network.node(first).input();
    List<Node> nodes = new ArrayList<>(network.nodes().subList(0, first));
    for (Node node : network.nodes().subList(end.index() + 1, network.nodes().size())) {
      if (pair(network, end)) {
        break;
      }
      nodes.add(
          new Node(
              nodes.size(),
              node.name(),
              node.layer(),
              List.of(nodes.size() == first ? input : nodes.size() - 1),
              -1,
              -1,
              node.shape()));
    }
    return nodes;
  }

  private static Node end(Network network) {
    Node end = network.output();
    while (end.layer() instanceof Reshape) {
      end = network.node(end.input());
    }
    return end;
  }

  private static boolean sigmoid(Node node) {
    return is(node, Activation.Kind.SIGMOID);
  }

  private static boolean is(Node node, Activation.Kind kind) {
    return node.layer() instanceof Activate activate && activate.function().kind() == kind;
  }

  private static boolean pair(Network network, Node end) {
    if (!(end.layer() instanceof Concatenate) || end.inputs().size() != 2) {
      return false;
    }
    Node complement = network.node(end.inputs().get(0));
    Node sigmoid = network.node(end.inputs().get(1));
    return sigmoid(sigmoid)
        && sigmoid.shape().size() == 1
        && complement.layer() instanceof Constant constant
        && complement.input() == sigmoid.index()
        && constant.scale().equals(List.of(-1.0))
        && constant.shift().equals(List.of(1.0));
  }
}
