package dev.flatness.network;

import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Adds a parameter to each entry of a network's input. */
final class InputShift {
  private InputShift() {}

  static Network of(Network network, boolean logits) {
    List<Node> moved = new ArrayList<>();
    Shape flat = Shape.of(network.inputShape().size());
    moved.add(network.nodes().get(0));
    moved.add(
        new Node(
            1, unused(network, "input/flat"), new Layer.Reshape(flat), List.of(0), -1, -1, flat));
    moved.add(
        new Node(
            2,
            unused(network, "input/shift"),
            new Layer.Affine(flat.size()),
            List.of(1),
            -1,
            0,
            flat));
    moved.add(
        new Node(
            3,
            unused(network, "input/shaped"),
            new Layer.Reshape(network.inputShape()),
            List.of(2),
            -1,
            -1,
            network.inputShape()));
    for (Node node : network.nodes().subList(1, network.nodes().size())) {
      moved.add(
          new Node(
              node.index() + 3,
              node.name(),
              node.layer(),
              node.inputs().stream().map(input -> input + 3).toList(),
              node.weight() < 0 ? -1 : node.weight() + 1,
              node.bias() < 0 ? -1 : node.bias() + 1,
              node.shape()));
    }
    List<Parameter> longer = new ArrayList<>();
    String name = moved.get(2).name() + ".shift";
    longer.add(new Parameter(0, name, Parameter.Role.SHIFT, flat, 0));
    for (Parameter old : network.parameters()) {
      longer.add(
          new Parameter(
              old.index() + 1, old.name(), old.role(), old.shape(), old.offset() + flat.size()));
    }
    double[] theta = network.parameterVector();
    double[] all = new double[flat.size() + theta.length];
    System.arraycopy(theta, 0, all, flat.size(), theta.length);
    return new Network(moved, longer, all, network.storedPrecision(), network.notes(), logits);
  }

  private static String unused(Network network, String name) {
    return network.nodes().stream().anyMatch(node -> node.name().equals(name))
        ? unused(network, name + "'")
        : name;
  }
}
