package dev.flatness.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.jspecify.annotations.Nullable;

/**
 * The layers and vertices of a configuration, each after what it reads.
 *
 * @param parts the layers and vertices that lead to the output
 * @param spare those that do not
 * @param input the key of the network's input
 * @param output the key of the part whose value is the network's output
 */
record Topology(List<Part> parts, List<Part> spare, String input, String output) {
  private static final String INPUT = "input";

  /** The part whose value is the network's output. */
  Part last() {
    return parts.stream().filter(part -> part.key().equals(output)).findFirst().orElseThrow();
  }

  static Topology of(MultiLayerConfiguration configuration) {
    List<NeuralNetConfiguration> layers = configuration.getConfs();
    if (layers == null || layers.isEmpty()) {
      throw new IllegalArgumentException("the configuration holds no layers");
    }
    Map<Integer, InputPreProcessor> before = configuration.getInputPreProcessors();
    Set<String> names = new HashSet<>(Set.of(INPUT));
    List<Part> parts = new ArrayList<>();
    String previous = INPUT;
    for (int i = 0; i < layers.size(); i++) {
      String key = Integer.toString(i);
      Layer layer = present(layers.get(i), key);
      String own = layer.getLayerName();
      String name = own != null && names.add(own) ? own : unique("layer" + i, names);
      InputPreProcessor preprocessor = before == null ? null : before.get(i);
      parts.add(part(key, name, layer, null, false, preprocessor, List.of(previous)));
      previous = key;
    }
    return new Topology(parts, List.of(), INPUT, previous);
  }

  static Topology of(ComputationGraphConfiguration configuration) {
    String input = only("input", configuration.getNetworkInputs());
    String output = only("output", configuration.getNetworkOutputs());
    Map<String, GraphVertex> vertices = configuration.getVertices();
    Map<String, List<String>> reads = configuration.getVertexInputs();
    if (vertices == null || vertices.isEmpty() || reads == null || !vertices.containsKey(output)) {
      throw new IllegalArgumentException("the configuration does not hold the output's vertex");
    }
    Set<String> names = new HashSet<>(Set.of(INPUT));
    List<Part> parts = new ArrayList<>();
    for (String key : order(vertices.keySet(), reads, input)) {
      GraphVertex vertex = vertices.get(key);
      boolean frozen = false;
      while (vertex instanceof FrozenVertex wrapper) {
        vertex = wrapper.getUnderlying();
        frozen = true;
      }
      String name = unique(key, names);
      List<String> inputs = Objects.requireNonNull(reads.get(key));
      if (vertex instanceof LayerVertex of) {
        Layer layer = present(of.getLayerConf(), key);
        parts.add(part(key, name, layer, null, frozen, of.getPreProcessor(), inputs));
      } else {
        parts.add(part(key, name, null, vertex, frozen, null, inputs));
      }
    }
    Set<String> used = new HashSet<>(Set.of(output));
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (used.contains(parts.get(i).key())) {
        used.addAll(parts.get(i).inputs());
      }
    }
    Map<Boolean, List<Part>> split =
        parts.stream().collect(Collectors.partitioningBy(part -> used.contains(part.key())));
    return new Topology(
        Objects.requireNonNull(split.get(true)),
        Objects.requireNonNull(split.get(false)),
        input,
        output);
  }

  private static Part part(
      String key,
      String name,
      @Nullable Layer layer,
      @Nullable GraphVertex vertex,
      boolean frozen,
      @Nullable InputPreProcessor preprocessor,
      List<String> inputs) {
    Layer inner = layer;
    boolean still = frozen;
    while (inner instanceof FrozenLayer || inner instanceof FrozenLayerWithBackprop) {
      inner =
          inner instanceof FrozenLayer first
              ? first.getLayer()
              : ((FrozenLayerWithBackprop) inner).getUnderlying();
      still = true;
    }
    return new Part(key, name, inner, vertex, still, preprocessor, List.copyOf(inputs));
  }

  private static Layer present(@Nullable NeuralNetConfiguration of, String key) {
    if (of == null || of.getLayer() == null) {
      throw new IllegalArgumentException("the configuration of layer \"" + key + "\" is empty");
    }
    return of.getLayer();
  }

  private static String unique(String wanted, Set<String> names) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  private static String only(String what, @Nullable List<String> names) {
    if (names == null || names.size() != 1) {
      throw new IllegalArgumentException(
          "the graph has "
              + (names == null ? 0 : names.size())
              + " "
              + what
              + "s "
              + (names == null ? List.of() : names)
              + ", expected one; make a graph with one "
              + what
              + ", for instance by TransferLearning.GraphBuilder");
    }
    return names.get(0);
  }

  /** Every vertex after what it reads, those that could come next by name. */
  private static List<String> order(
      Set<String> vertices, Map<String, List<String>> reads, String input) {
    Map<String, Integer> open = new HashMap<>();
    Map<String, List<String>> readers = new HashMap<>();
    for (String vertex : vertices) {
      List<String> inputs = reads.get(vertex);
      if (inputs == null || inputs.isEmpty()) {
        throw new IllegalArgumentException("vertex \"" + vertex + "\" reads nothing");
      }
      for (String read : inputs) {
        if (!read.equals(input) && !vertices.contains(read)) {
          throw new IllegalArgumentException(
              "vertex \"" + vertex + "\" reads \"" + read + "\", which does not exist");
        }
        readers.computeIfAbsent(read, key -> new ArrayList<>()).add(vertex);
      }
      open.put(vertex, inputs.size());
    }
    List<String> order = new ArrayList<>();
    TreeSet<String> ready = new TreeSet<>(Set.of(input));
    for (String next = ready.pollFirst(); next != null; next = ready.pollFirst()) {
      if (!next.equals(input)) {
        order.add(next);
      }
      for (String reader : readers.getOrDefault(next, List.of())) {
        if (open.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (order.size() != vertices.size()) {
      Set<String> left = new TreeSet<>(vertices);
      left.removeAll(order);
      throw new IllegalArgumentException(
          "the vertices " + left + " do not follow from the input; they read each other");
    }
    return Collections.unmodifiableList(order);
  }
}
