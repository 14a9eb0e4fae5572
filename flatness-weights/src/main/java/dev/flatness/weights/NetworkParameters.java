package dev.flatness.weights;

import dev.flatness.internal.parameters.FlattenOrder;
import dev.flatness.internal.parameters.ParameterMatching;
import dev.flatness.internal.parameters.ParameterSlot;
import dev.flatness.internal.parameters.ParameterSlot.Layout;
import dev.flatness.internal.parameters.ParameterSlot.Role;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parameters of a file in the place of a network's own. */
final class NetworkParameters {
  private NetworkParameters() {}

  static Network replaced(Network network, ParameterFile file) {
    List<ParameterSlot> slots =
        network.parameters().stream().map(parameter -> slot(network, parameter)).toList();
    ParameterMatching.Match match = ParameterMatching.match(file.name(), file.tensors(), slots);
    if (match.keras()) {
      FlattenOrder.requireChannelsLast(network, file.name());
    }
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
}
