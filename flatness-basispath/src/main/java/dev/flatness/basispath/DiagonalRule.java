package dev.flatness.basispath;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The paper's rule, extended to layers of different widths: unit j of a layer of width h feeds unit
 * j mod h' of the next one of width h', and unit i of that is fed by unit i mod h. Of several taps
 * the middle one counts. Dead units do not count.
 */
final class DiagonalRule {
  /** The rule gives no skeleton, for a reason that names no remedy yet. */
  static final class Undefined extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Undefined(String reason) {
      super(reason);
    }

    /** The reason. */
    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private DiagonalRule() {}

  /** Why the rule is not defined for a network, before its weights are looked at. */
  static Optional<String> inapplicable(PathGraph graph) {
    if (!graph.classes().sequential()) {
      return Optional.of("the network is no chain of layers");
    }
    return graph.network().nodes().stream()
        .filter(node -> node.layer() instanceof Layer.Convolution c && c.groups() > 1)
        .findFirst()
        .map(node -> "layer \"" + node.name() + "\" is a grouped convolution");
  }

  /** Chooses, or says why not with the remedy that there is. */
  static Skeleton chooseOrAdvise(PathGraph graph) {
    try {
      return choose(graph);
    } catch (Undefined undefined) {
      throw new IllegalArgumentException(undefined.getMessage() + remedy(graph), undefined);
    }
  }

  private static String remedy(PathGraph graph) {
    try {
      BalancedRule.choose(graph);
      return "; use the balanced rule";
    } catch (IllegalArgumentException neither) {
      return ", and the balanced rule has no skeleton either: " + neither.getMessage();
    }
  }

  /** Chooses, or throws {@link Undefined}. */
  static Skeleton choose(PathGraph graph) {
    inapplicable(graph)
        .ifPresent(
            reason -> {
              throw new Undefined("the diagonal rule is not defined here: " + reason);
            });
    Network network = graph.network();
    int[] out = new int[graph.classes().freeCount()];
    int[] in = new int[out.length];
    Arrays.fill(out, -1);
    Arrays.fill(in, -1);
    for (Node node : network.nodes()) {
      if (node.weight() < 0) {
        continue;
      }
      List<Integer> read = units(graph, node.input());
      List<Integer> written = units(graph, node.index());
      if (read.isEmpty() || written.isEmpty()) {
        continue;
      }
      Map<List<Integer>, List<Integer>> taps = new HashMap<>();
      for (int j = 0; j < read.size(); j++) {
        taps.put(List.of(read.get(j), written.get(j % written.size())), new ArrayList<>());
      }
      for (int i = 0; i < written.size(); i++) {
        taps.put(List.of(read.get(i % read.size()), written.get(i)), new ArrayList<>());
      }
      graph
          .classes()
          .forEachEdge(
              node,
              (position, from, to) -> {
                List<Integer> found = taps.get(List.of(from, to));
                if (found != null) {
                  found.add(position);
                }
              });
      for (int j = 0; j < read.size(); j++) {
        if (graph.isHidden(read.get(j))) {
          out[read.get(j)] =
              edge(
                  graph,
                  node,
                  Objects.requireNonNull(
                      taps.get(List.of(read.get(j), written.get(j % written.size())))));
        }
      }
      for (int i = 0; i < written.size(); i++) {
        if (graph.isHidden(written.get(i))) {
          in[written.get(i)] =
              edge(
                  graph,
                  node,
                  Objects.requireNonNull(
                      taps.get(List.of(read.get(i % read.size()), written.get(i)))));
        }
      }
    }
    return Skeleton.checked("diagonal", graph, out, in);
  }

  /** The living classes of a node in the order of its channels. */
  private static List<Integer> units(PathGraph graph, int node) {
    int size = graph.network().node(node).shape().size();
    Set<Integer> units = new LinkedHashSet<>();
    for (int feature = 0; feature < size; feature++) {
      int unit = graph.classes().classOf(node, feature);
      if (!graph.isDead(unit)) {
        units.add(unit);
      }
    }
    return List.copyOf(units);
  }

  private static int edge(PathGraph graph, Node node, List<Integer> taps) {
    if (taps.isEmpty()) {
      throw new Undefined(
          "the diagonal rule needs an edge in layer \""
              + node.name()
              + "\" that its living units do not have");
    }
    int position = taps.get(middle(graph.network(), node, taps.size()));
    if (graph.weight(position) == 0) {
      throw new Undefined(
          "the diagonal rule needs the weight "
              + PathEdge.of(graph.network(), position)
              + ", which is 0");
    }
    return position;
  }

  /** Of the taps of a kernel, or the positions of a flattened map, the middle one. */
  private static int middle(Network network, Node node, int count) {
    if (node.layer() instanceof Layer.Convolution convolution) {
      int height = convolution.window().kernelHeight();
      int width = convolution.window().kernelWidth();
      return height / 2 * width + width / 2;
    }
    for (int before = node.input(); before > 0; before--) {
      Shape shape = network.node(before).shape();
      if (shape.rank() == 3 && shape.extent(1) * shape.extent(2) == count) {
        return shape.extent(1) / 2 * shape.extent(2) + shape.extent(2) / 2;
      }
    }
    Shape input = network.inputShape();
    return input.rank() == 3 && input.extent(1) * input.extent(2) == count
        ? input.extent(1) / 2 * input.extent(2) + input.extent(2) / 2
        : count / 2;
  }
}
