package dev.flatness.internal.dense;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network that is a chain of dense layers with functions of single entries between them.
 *
 * @param parameters the number of parameters
 * @param input what is done with an input before the first layer
 * @param layers the dense layers in forward order, at least one
 */
public record DenseChain(int parameters, Pointwise input, List<DenseChain.Dense> layers) {
  /**
   * A dense layer and what follows it.
   *
   * @param inputs its inputs m
   * @param outputs its outputs d
   * @param weight where its weights begin in θ, row-major {@code [d, m]}
   * @param bias where its biases begin in θ, −1 if it has none
   * @param after what is done with its outputs
   */
  public record Dense(int inputs, int outputs, int weight, int bias, Pointwise after) {}

  /**
   * Copies the list.
   *
   * @param parameters the number of parameters
   * @param input what is done with an input before the first layer
   * @param layers the dense layers in forward order, at least one
   */
  public DenseChain {
    layers = List.copyOf(layers);
  }

  /** Returns the number of inputs. */
  public int inputs() {
    return layers.get(0).inputs();
  }

  /** Returns the number of outputs. */
  public int outputs() {
    return layers.get(layers.size() - 1).outputs();
  }

  /**
   * Says why a network is no such chain.
   *
   * @param network the network
   * @return a clause that names the layer, or empty
   */
  public static Optional<String> refusal(Network network) {
    for (Node node : network.nodes()) {
      Layer layer = node.layer();
      boolean known =
          layer instanceof Layer.Input
              || layer instanceof Layer.Dense
              || layer instanceof Layer.Activate
              || layer instanceof Layer.Constant
              || layer instanceof Layer.Reshape;
      if (!known) {
        return Optional.of(
            "layer \""
                + node.name()
                + "\" is of the kind "
                + layer.getClass().getSimpleName()
                + ", expected dense layers, activations, constant scalings and reshapes only");
      }
      if (node.index() > 0 && node.input() != node.index() - 1) {
        return Optional.of(
            "layer \"" + node.name() + "\" does not read the one before it, expected a chain");
      }
    }
    if (network.weightLayers().isEmpty()) {
      return Optional.of("the network has no dense layer");
    }
    return network.sharesParameters()
        ? Optional.of("two layers of the network share their weights")
        : Optional.empty();
  }

  /**
   * Reads a network.
   *
   * @param network the network
   * @return the chain
   * @throws IllegalArgumentException if it is none, naming the layer
   */
  public static DenseChain of(Network network) {
    Optional<String> refusal = refusal(network);
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          "local reparameterization needs a chain of dense layers, but " + refusal.get());
    }
    List<Pointwise> functions = new ArrayList<>();
    List<Dense> layers = new ArrayList<>();
    Pointwise input = Pointwise.of(List.of());
    Node dense = network.node(0);
    for (Node node : network.nodes()) {
      if (node.layer() instanceof Layer.Activate activate) {
        functions.add(Pointwise.of(node, activate.function()));
      } else if (node.layer() instanceof Layer.Constant constant) {
        functions.add(Pointwise.of(node, constant));
      } else if (node.layer() instanceof Layer.Dense) {
        if (dense.layer() instanceof Layer.Input) {
          input = Pointwise.of(functions);
        } else {
          layers.add(layer(network, dense, functions));
        }
        functions.clear();
        dense = node;
      }
    }
    layers.add(layer(network, dense, functions));
    return new DenseChain(network.parameterCount(), input, layers);
  }

  private static Dense layer(Network network, Node node, List<Pointwise> functions) {
    Layer.Dense layer = (Layer.Dense) node.layer();
    return new Dense(
        layer.inputs(),
        layer.outputs(),
        network.weight(node).offset(),
        node.bias() < 0 ? -1 : network.bias(node).offset(),
        Pointwise.of(functions));
  }
}
