package dev.flatness.dl4j;

import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Network;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** What is to be built of a configuration: a step for each of its parts. */
final class Plan {
  private final Topology topology;
  private final List<Step> steps;

  private Plan(Topology topology, List<Step> steps) {
    this.topology = topology;
    this.steps = steps;
  }

  Topology topology() {
    return topology;
  }

  /**
   * Finds the step of every part.
   *
   * @throws IllegalArgumentException that names every part that has none
   */
  static Plan of(Topology topology) {
    List<Step> steps = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    Set<String> probabilities = new HashSet<>();
    for (Part part : topology.parts()) {
      boolean inside = part.inputs().stream().anyMatch(probabilities::contains);
      if (inside && !passes(part.layer())) {
        obstacles.add(
            Text.quoted(part.name())
                + " ("
                + part.kind()
                + "): it reads a softmax, which can only end the network");
      }
      if (inside || isSoftmax(part.layer())) {
        probabilities.add(part.key());
      }
      try {
        steps.add(step(part));
      } catch (NoCounterpartException e) {
        obstacles.add(
            Text.quoted(part.name()) + " (" + part.kind() + "): " + Text.printable(e.getMessage()));
      }
    }
    if (!obstacles.isEmpty()) {
      throw refused(topology, obstacles, "");
    }
    return new Plan(topology, steps);
  }

  private static IllegalArgumentException refused(
      Topology topology, List<String> obstacles, String ending) {
    return new IllegalArgumentException(
        obstacles.size()
            + " of the "
            + topology.parts().size()
            + " layers and vertices cannot be imported: "
            + String.join("; ", obstacles)
            + ending);
  }

  /** Whether a layer leaves its values as they are. */
  private static boolean passes(@Nullable Layer layer) {
    if (layer instanceof LossLayer || layer instanceof ActivationLayer) {
      return Activations.of(layer) instanceof ActivationIdentity;
    }
    return layer instanceof DropoutLayer;
  }

  private static boolean isSoftmax(@Nullable Layer layer) {
    return Activations.of(layer) instanceof ActivationSoftmax;
  }

  private static Step step(Part part) {
    Step first =
        part.preprocessor() == null ? Step.NOTHING : Vertices.preprocessor(part.preprocessor());
    if (part.layer() != null) {
      if (part.inputs().size() != 1) {
        throw new NoCounterpartException("it reads " + part.inputs().size() + " values");
      }
      return first.then(Layers.step(part.layer()));
    }
    if (part.vertex() == null) {
      throw new NoCounterpartException("its configuration is empty");
    }
    return first.then(Vertices.step(part.vertex()));
  }

  /** A network and how its parameters go back. */
  record Built(Network network, List<Assembly.WriteBack> writeBacks) {}

  /**
   * Builds the network from the parameters of a model.
   *
   * @throws IllegalArgumentException that names every part that cannot be built; those that read
   *     such a part are not looked at
   */
  Built build(Model model, Shape input) {
    GraphBuilder builder = Network.builder(input.toArray());
    Assembly assembly = new Assembly(builder, model, topology.parts().get(0));
    Map<String, Integer> nodes = new HashMap<>();
    nodes.put(topology.input(), builder.input());
    List<String> skipped = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Part part = topology.parts().get(i);
      assembly.enter(part);
      if (!nodes.keySet().containsAll(part.inputs())) {
        skipped.add(Text.quoted(part.name()));
        continue;
      }
      int[] inputs = part.inputs().stream().mapToInt(key -> node(nodes, key)).toArray();
      try {
        nodes.put(part.key(), steps.get(i).add(assembly, inputs));
        Remarks.of(part, assembly);
      } catch (IllegalArgumentException | NoCounterpartException e) {
        assembly.refuse(String.valueOf(e.getMessage()));
      }
    }
    if (!assembly.refusals().isEmpty()) {
      String rest =
          skipped.isEmpty()
              ? ""
              : "; not looked at, since they follow: " + String.join(", ", skipped);
      throw refused(topology, assembly.refusals(), rest);
    }
    Network network = builder.build(node(nodes, topology.output())).withNotes(assembly.notes());
    return new Built(network.withNotes(spare()), assembly.writeBacks());
  }

  private List<String> spare() {
    List<String> names =
        topology.spare().stream().map(part -> Text.printable(part.name())).toList();
    return names.isEmpty()
        ? List.of()
        : List.of(
            "left out, since they do not lead to the output: "
                + String.join(", ", names)
                + "; what is written back leaves their parameters as they are");
  }

  private static int node(Map<String, Integer> nodes, String key) {
    Integer node = nodes.get(key);
    if (node == null) {
      throw new IllegalArgumentException("vertex " + Text.quoted(key) + " does not exist");
    }
    return node;
  }
}
