package dev.flatness.weights;

import dev.flatness.internal.parameters.ParameterMatching;
import dev.flatness.internal.parameters.ParameterSlot;
import dev.flatness.internal.parameters.ParameterSlot.Layout;
import dev.flatness.internal.parameters.ParameterSlot.Role;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Parameters of a file in the place of a network's own. */
final class NetworkParameters {
  private NetworkParameters() {}

  static Network replaced(Network network, ParameterFile file) {
    List<ParameterSlot> slots =
        network.parameters().stream().map(parameter -> slot(network, parameter)).toList();
    ParameterMatching.Match match = ParameterMatching.match(file.name(), file.tensors(), slots);
    requireOneOrder(network, file, match.tensors());
    double[] theta = network.parameterVector();
    for (Parameter parameter : network.parameters()) {
      Tensor tensor = match.tensors().get(parameter.name());
      if (tensor != null) {
        System.arraycopy(tensor.toDoubles(), 0, theta, parameter.offset(), parameter.size());
      }
    }
    List<String> notes = new ArrayList<>();
    notes.add("the parameters are those of " + file);
    notes.addAll(file.notes());
    notes.addAll(match.notes());
    return network.withParameters(theta).withNotes(notes);
  }

  private static ParameterSlot slot(Network network, Parameter parameter) {
    String name = parameter.name();
    int dot = name.lastIndexOf('.');
    Role role =
        switch (parameter.role()) {
          case WEIGHT -> Role.WEIGHT;
          case BIAS -> Role.BIAS;
          case SCALE -> Role.SCALE;
          case SHIFT -> Role.SHIFT;
        };
    Layout layout = Layout.PLAIN;
    if (role == Role.WEIGHT) {
      layout = parameter.shape().rank() == 2 ? Layout.OUT_IN : Layout.KERNEL;
    }
    return new ParameterSlot(
        name,
        Arrays.stream(parameter.shape().toArray()).boxed().toList(),
        layout,
        role,
        dot > 0 ? List.of(name.substring(0, dot)) : List.of(),
        true);
  }

  /**
   * Keras flattens images channels last. A dense layer of a network that flattens them channels
   * first has its columns in another order, which no shape shows.
   */
  private static void requireOneOrder(
      Network network, ParameterFile file, Map<String, Tensor> found) {
    boolean keras = file.tensors().keySet().stream().anyMatch(name -> name.endsWith("/kernel"));
    if (!keras || found.isEmpty()) {
      return;
    }
    for (Node node : network.nodes()) {
      if (node.layer() instanceof Layer.Reshape && node.shape().rank() == 1) {
        Node maker = network.node(node.input());
        int[] shape = maker.shape().toArray();
        boolean image = shape.length == 3 && shape[0] > 1 && shape[1] * shape[2] > 1;
        if (image && !(maker.layer() instanceof Layer.Transpose)) {
          throw new IllegalArgumentException(
              "layer "
                  + Contents.quoted(node.name())
                  + " flattens "
                  + maker.shape()
                  + " channels first, but Keras ("
                  + file.name()
                  + ") flattens channels last, so the columns of the next layer are in another"
                  + " order; transpose to [1, 2, 0] before it, or export the model to ONNX");
        }
      }
    }
  }
}
