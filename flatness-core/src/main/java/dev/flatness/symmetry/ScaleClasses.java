package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The classes of a network's features that share one scale, and the parameters as edges between
 * them.
 *
 * <p>Formula: the group R₊ᴴ acts by w → w·c_b/c_a on the parameter of an edge from class a to class
 * b without changing f_θ; c = 1 for anchored classes and for the source of biases. Weightless
 * operations join features, channel by channel; what is not positively homogeneous, the network's
 * input and output, added constants and shared parameters anchor them.
 *
 * <p>Units: the free classes are numbered 0 … H−1 in forward order, the anchored ones follow. Cost:
 * linear in the features of one forward pass, mostly one number a channel; parameters are not
 * stored. Errors: features and positions out of range are {@link IndexOutOfBoundsException}s.
 * Source: docs/mathematics.md#scale-classes; Neyshabur 2015; Dinh 2017, App. B.
 */
public final class ScaleClasses {
  /** The constant source from which biases and shifts lead: no class, scale 1. */
  public static final int SOURCE = -1;

  /**
   * One parameter entry as an edge.
   *
   * @param from the class it reads, or {@link ScaleClasses#SOURCE}
   * @param to the class it writes
   */
  public record Edge(int from, int to) {}

  /** Receives the edges of a network or a layer. */
  @FunctionalInterface
  public interface EdgeVisitor {
    /**
     * Takes one edge.
     *
     * @param position its position in θ
     * @param from the class it reads, or {@link ScaleClasses#SOURCE}
     * @param to the class it writes
     */
    void edge(int position, int from, int to);
  }

  private final Network network;
  private final FeatureClasses[] layouts;
  private final int[] marks;
  private final int free;
  private final int[] firstUse;

  private ScaleClasses(Network network) {
    this.network = network;
    FeatureJoins joins = new FeatureJoins(network, FeatureJoins.Purpose.SCALING);
    int[] setMarks = joins.marks();
    int anchors = FeatureJoins.bit(Anchor.SHARED_PARAMETER) * 2 - 1;
    // Free sets get 0, 1, …; anchored ones −2, −3, … until the number of free ones is known.
    int[] number = new int[setMarks.length];
    Arrays.fill(number, -1);
    int freeSets = 0;
    int anchoredSets = 0;
    for (Node node : network.nodes()) {
      for (int id : joins.layout(node.index()).ids()) {
        int set = joins.find(id);
        if (number[set] == -1) {
          boolean isFree = (setMarks[set] & anchors) == 0;
          number[set] = isFree ? freeSets++ : -2 - anchoredSets++;
        }
      }
    }
    this.free = freeSets;
    this.marks = new int[freeSets + anchoredSets];
    for (int set = 0; set < number.length; set++) {
      if (number[set] != -1) {
        number[set] = number[set] >= 0 ? number[set] : freeSets - 2 - number[set];
        marks[number[set]] = setMarks[set];
      }
    }
    this.layouts = new FeatureClasses[network.nodes().size()];
    Map<FeatureClasses, FeatureClasses> resolved = new IdentityHashMap<>();
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] =
          resolved.computeIfAbsent(
              joins.layout(i),
              x ->
                  new FeatureClasses(
                      Arrays.stream(x.ids()).map(id -> number[joins.find(id)]).toArray(),
                      x.span()));
    }
    this.firstUse = firstUses(network);
  }

  /**
   * Finds the scale classes of a network.
   *
   * @param network the network; its parameters' values do not matter
   * @return the classes
   */
  public static ScaleClasses of(Network network) {
    return new ScaleClasses(Objects.requireNonNull(network, "network"));
  }

  /**
   * Returns the number H of free classes, dead ones included.
   *
   * @return the dimension of the group of positive rescalings
   */
  public int freeCount() {
    return free;
  }

  /**
   * Returns the number of all classes, free and anchored.
   *
   * @return the number of classes
   */
  public int count() {
    return marks.length;
  }

  /**
   * Returns the class of a feature.
   *
   * @param node the index of the node that computes it
   * @param feature its position in the node's row-major value
   * @return the class
   */
  public int classOf(int node, int feature) {
    Objects.checkIndex(feature, network.node(node).shape().size());
    return layouts[node].at(feature);
  }

  /**
   * Tells whether a class can be rescaled.
   *
   * @param scaleClass the class
   * @return whether nothing anchors it
   */
  public boolean isFree(int scaleClass) {
    return Objects.checkIndex(scaleClass, marks.length) < free;
  }

  /**
   * Returns why a class is anchored.
   *
   * @param scaleClass the class
   * @return the reasons; empty for a free class
   */
  public Set<Anchor> anchors(int scaleClass) {
    Set<Anchor> reasons = EnumSet.noneOf(Anchor.class);
    for (Anchor anchor : Anchor.values()) {
      if ((marks[scaleClass] & FeatureJoins.bit(anchor)) != 0) {
        reasons.add(anchor);
      }
    }
    return reasons;
  }

  /** Whether features of the class can differ from 0 although everything before them is 0. */
  boolean emits(int scaleClass) {
    return (marks[scaleClass] & FeatureJoins.EMITS) != 0;
  }

  /**
   * Returns the edge of a parameter entry; that of the first layer that uses it.
   *
   * <p>Cost: logarithmic in the number of tensors.
   *
   * @param position the position in θ
   * @return its edge
   */
  public Edge edge(int position) {
    Objects.checkIndex(position, network.parameterCount());
    Parameter parameter = network.parameterAt(position);
    Node node = network.node(firstUse[parameter.index()]);
    int entry = position - parameter.offset();
    int to =
        classOfChannel(
            node.index(), parameter.shape().rank() == 1 ? entry : entry / row(parameter));
    if (node.weight() != parameter.index()) {
      return new Edge(SOURCE, to);
    }
    if (node.layer() instanceof Layer.Affine) {
      return new Edge(classOfChannel(node.input(), entry), to);
    }
    int within = entry % row(parameter);
    if (node.layer() instanceof Layer.Convolution convolution) {
      int channel = within / convolution.window().taps();
      return new Edge(
          classOfChannel(node.input(), firstInput(convolution, entry / row(parameter)) + channel),
          to);
    }
    return new Edge(layouts[node.input()].at(within), to);
  }

  /**
   * Visits every use of every parameter, in forward order of the layers; a shared one as often as
   * it is used.
   *
   * <p>Cost: linear in the number of parameters.
   *
   * @param visitor receives the edges
   */
  public void forEachEdge(EdgeVisitor visitor) {
    for (Node node : network.nodes()) {
      forEachEdge(node, visitor);
    }
  }

  /**
   * Visits the edges of one layer: its weight or scale, then its bias or shift.
   *
   * <p>Cost: linear in the layer's parameters.
   *
   * @param node the layer
   * @param visitor receives the edges
   */
  public void forEachEdge(Node node, EdgeVisitor visitor) {
    int output = node.index();
    if (node.weight() >= 0) {
      int position = network.weight(node).offset();
      if (node.layer() instanceof Layer.Dense dense) {
        FeatureClasses x = layouts[node.input()];
        for (int s = 0; s < dense.outputs(); s++) {
          int to = classOfChannel(output, s);
          for (int t = 0; t < dense.inputs(); t++) {
            visitor.edge(position++, x.at(t), to);
          }
        }
      } else if (node.layer() instanceof Layer.Convolution convolution) {
        int reads = convolution.inputChannels() / convolution.groups();
        for (int s = 0; s < convolution.outputChannels(); s++) {
          int to = classOfChannel(output, s);
          int first = firstInput(convolution, s);
          for (int c = first; c < first + reads; c++) {
            int from = classOfChannel(node.input(), c);
            for (int tap = 0; tap < convolution.window().taps(); tap++) {
              visitor.edge(position++, from, to);
            }
          }
        }
      } else {
        for (int c = 0; c < network.weight(node).size(); c++) {
          visitor.edge(position++, classOfChannel(node.input(), c), classOfChannel(output, c));
        }
      }
    }
    if (node.bias() >= 0) {
      Parameter bias = network.bias(node);
      for (int c = 0; c < bias.size(); c++) {
        visitor.edge(bias.offset() + c, SOURCE, classOfChannel(output, c));
      }
    }
  }

  /**
   * Returns the different classes of a node's features.
   *
   * @param node the index of the node
   * @return the classes, ascending
   */
  public int[] classesOf(int node) {
    return Arrays.stream(layouts[node].ids()).sorted().distinct().toArray();
  }

  /**
   * Returns how many free classes a layer writes.
   *
   * @param node the layer
   * @return the number of different free classes among its channels
   */
  public int freeCount(Node node) {
    return (int) Arrays.stream(classesOf(node.index())).filter(c -> c < free).count();
  }

  /**
   * Returns what becomes of every layer that has parameters.
   *
   * @return in forward order
   */
  public List<LayerSymmetry> layers() {
    List<LayerSymmetry> layers = new ArrayList<>();
    for (Node node : network.nodes()) {
      if (node.weight() >= 0) {
        Set<Anchor> reasons = EnumSet.noneOf(Anchor.class);
        for (int c : classesOf(node.index())) {
          reasons.addAll(anchors(c));
        }
        int channels = node.shape().extent(0);
        layers.add(new LayerSymmetry(node.name(), channels, freeCount(node), reasons));
      }
    }
    return layers;
  }

  /**
   * Describes a class by the layers and channels that write it, as {@code conv1[5] + conv3[5]}.
   *
   * <p>Cost: linear in the number of channels of the network.
   *
   * @param scaleClass the class
   * @return at most three layers and channels, then the number of others
   */
  public String describe(int scaleClass) {
    Objects.checkIndex(scaleClass, marks.length);
    return members(1, c -> c == scaleClass ? 0 : -1).get(0);
  }

  /**
   * Describes all free classes, as {@link #describe} does.
   *
   * <p>Cost: linear in the number of channels of the network.
   *
   * @return one name a free class, all different
   */
  public List<String> freeNames() {
    return members(free, c -> c < free ? c : -1);
  }

  /** Names of some classes, numbered by a function that is negative for the others. */
  private List<String> members(int count, IntUnaryOperator numberOf) {
    List<List<String>> writers = new ArrayList<>();
    IntStream.range(0, count).forEach(i -> writers.add(new ArrayList<>()));
    BitSet written = new BitSet();
    for (Node node : network.nodes()) {
      if (node.weight() >= 0 || node.index() == 0) {
        addMembers(node, numberOf, writers);
      }
    }
    IntStream.range(0, count).filter(i -> !writers.get(i).isEmpty()).forEach(written::set);
    // A channel of zeros in a linear map is what no layer writes.
    for (int i = 0; written.cardinality() < count && i < layouts.length; i++) {
      addMembers(network.node(i), c -> withoutWriter(c, numberOf, written), writers);
      IntStream.range(0, count).filter(n -> !writers.get(n).isEmpty()).forEach(written::set);
    }
    return writers.stream().map(ScaleClasses::shortened).toList();
  }

  private static int withoutWriter(int c, IntUnaryOperator numberOf, BitSet written) {
    int number = numberOf.applyAsInt(c);
    return number >= 0 && written.get(number) ? -1 : number;
  }

  private void addMembers(Node node, IntUnaryOperator numberOf, List<List<String>> writers) {
    int[] ids = layouts[node.index()].ids();
    for (int channel = 0; channel < ids.length; channel++) {
      int number = numberOf.applyAsInt(ids[channel]);
      if (number >= 0) {
        writers.get(number).add(node.name() + "[" + channel + "]");
      }
    }
  }

  private static String shortened(List<String> writers) {
    String named = writers.stream().limit(3).collect(Collectors.joining(" + "));
    return writers.size() > 3 ? named + " + " + (writers.size() - 3) + " more" : named;
  }

  /**
   * Tells whether the network is a chain: every layer reads the one before it and no parameter is
   * shared.
   *
   * @return whether it is sequential
   */
  public boolean sequential() {
    return !network.sharesParameters()
        && network.nodes().stream()
            .skip(1)
            .allMatch(node -> node.inputs().equals(List.of(node.index() - 1)));
  }

  Network network() {
    return network;
  }

  /**
   * The class of a whole channel; only for nodes whose channels are whole (layers' outputs,
   * channelwise inputs).
   */
  int classOfChannel(int node, int channel) {
    return layouts[node].at(channel * network.node(node).shape().positions());
  }

  static int firstInput(Layer.Convolution convolution, int outputChannel) {
    int group = outputChannel / (convolution.outputChannels() / convolution.groups());
    return group * (convolution.inputChannels() / convolution.groups());
  }

  /** Refuses a network of another graph. */
  void requireSameGraph(Network other) {
    requireSameGraph(network, other);
  }

  static void requireSameGraph(Network network, Network other) {
    if (other.nodes() != network.nodes()
        && !(other.nodes().equals(network.nodes())
            && other.parameters().equals(network.parameters()))) {
      throw new IllegalArgumentException(
          "network "
              + other
              + " has another graph than "
              + network
              + ", for which this was made; make it for the network itself");
    }
  }

  private static int row(Parameter parameter) {
    return parameter.shape().positions();
  }

  private static int[] firstUses(Network network) {
    int[] first = new int[network.parameters().size()];
    Arrays.fill(first, -1);
    for (Node node : network.nodes()) {
      for (int parameter : new int[] {node.weight(), node.bias()}) {
        if (parameter >= 0 && first[parameter] < 0) {
          first[parameter] = node.index();
        }
      }
    }
    return first;
  }
}
