package dev.flatness.symmetry;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * One forward pass that joins features which must be treated alike: which have one scale, or which
 * move together.
 *
 * <p>The two purposes differ only where a parameter leads from one channel to one channel: it is an
 * edge with a ratio of its own for scaling, but its two ends can only move together.
 */
final class FeatureJoins {
  enum Purpose {
    SCALING,
    PERMUTATION
  }

  /** Mark of sets whose features are not 0 when everything before them is. */
  static final int EMITS = 1 << Anchor.values().length;

  private final Network network;
  private final Purpose purpose;
  private final DisjointSets sets = new DisjointSets();
  private final FeatureClasses[] layouts;
  private int[] marks = new int[64];

  FeatureJoins(Network network, Purpose purpose) {
    this.network = network;
    this.purpose = purpose;
    this.layouts = new FeatureClasses[network.nodes().size()];
    for (Node node : network.nodes()) {
      layouts[node.index()] = node.layer().accept(new Layout(node));
    }
    mark(layouts[layouts.length - 1], Anchor.OUTPUT);
    markSharedParameters();
  }

  FeatureClasses layout(int node) {
    return layouts[node];
  }

  int find(int id) {
    return sets.find(id);
  }

  /** The marks of every set, at its representative: bits of {@link Anchor} and {@link #EMITS}. */
  int[] marks() {
    int[] all = new int[sets.size()];
    for (int id = 0; id < all.length; id++) {
      all[sets.find(id)] |= id < marks.length ? marks[id] : 0;
    }
    return all;
  }

  static boolean depthwise(Layer.Convolution convolution) {
    return convolution.groups() > 1 && convolution.groups() == convolution.inputChannels();
  }

  /** The layout of one node. */
  private final class Layout implements Layer.Visitor<FeatureClasses> {
    private final Node node;
    private final FeatureClasses x;
    private final Shape shape;

    Layout(Node node) {
      boolean first = node.inputs().isEmpty();
      this.node = node;
      this.x = layouts[first ? node.index() : node.input()];
      this.shape = first ? node.shape() : network.node(node.input()).shape();
    }

    @Override
    public FeatureClasses input(Layer.Input layer) {
      FeatureClasses input = fresh(node.shape());
      mark(input, Anchor.INPUT);
      return input;
    }

    @Override
    public FeatureClasses dense(Layer.Dense layer) {
      return fresh(node.shape());
    }

    @Override
    public FeatureClasses convolution(Layer.Convolution layer) {
      int[] channels = joinChannels(x, shape);
      return purpose == Purpose.PERMUTATION && depthwise(layer)
          ? multiplied(channels, node.shape())
          : fresh(node.shape());
    }

    @Override
    public FeatureClasses affine(Layer.Affine layer) {
      int[] channels = joinChannels(x, shape);
      if (purpose != Purpose.PERMUTATION && node.weight() >= 0) {
        return fresh(node.shape());
      }
      boolean one = node.bias() >= 0 && network.bias(node).size() < channels.length;
      for (int c = 1; c < channels.length && one && purpose != Purpose.PERMUTATION; c++) {
        sets.union(channels[0], channels[c]);
      }
      return new FeatureClasses(channels, node.shape().positions());
    }

    @Override
    public FeatureClasses constant(Layer.Constant layer) {
      markShifted(layer, x, shape);
      return x;
    }

    @Override
    public FeatureClasses activate(Layer.Activate layer) {
      if (!layer.function().positivelyHomogeneous()) {
        mark(x, Anchor.ACTIVATION);
        if (layer.function().value(0) != 0) {
          markAll(x, EMITS);
        }
      }
      return x;
    }

    @Override
    public FeatureClasses maxPool(Layer.MaxPool layer) {
      return byChannel();
    }

    @Override
    public FeatureClasses averagePool(Layer.AveragePool layer) {
      return byChannel();
    }

    @Override
    public FeatureClasses zeroPad(Layer.ZeroPad layer) {
      return byChannel();
    }

    private FeatureClasses byChannel() {
      return new FeatureClasses(joinChannels(x, shape), node.shape().positions());
    }

    @Override
    public FeatureClasses reshape(Layer.Reshape layer) {
      return x;
    }

    @Override
    public FeatureClasses transpose(Layer.Transpose layer) {
      return transposed(x, shape, layer.axes());
    }

    @Override
    public FeatureClasses linearMap(Layer.LinearMap layer) {
      return mapped(layer.matrix(), x, node.shape());
    }

    @Override
    public FeatureClasses add(Layer.Add layer) {
      node.inputs().forEach(other -> joinElements(x, layouts[other]));
      return x;
    }

    @Override
    public FeatureClasses concatenate(Layer.Concatenate layer) {
      return concatenated(node.inputs());
    }

    @Override
    public FeatureClasses softmax(Layer.Softmax layer) {
      mark(x, Anchor.ACTIVATION);
      markAll(x, EMITS);
      return x;
    }
  }

  private FeatureClasses fresh(Shape shape) {
    int channels = shape.rank() == 0 ? 1 : shape.extent(0);
    int first = sets.add(channels);
    int[] ids = new int[channels];
    Arrays.setAll(ids, c -> first + c);
    return new FeatureClasses(ids, shape.positions());
  }

  /** Makes every channel (first axis) one set; returns one id a channel. */
  private int[] joinChannels(FeatureClasses x, Shape shape) {
    int positions = shape.positions();
    int[] channels = new int[shape.extent(0)];
    for (int c = 0; c < channels.length; c++) {
      int from = c * positions / x.span();
      int to = ((c + 1) * positions - 1) / x.span();
      channels[c] = x.ids()[from];
      for (int k = from + 1; k <= to; k++) {
        sets.union(channels[c], x.ids()[k]);
      }
    }
    return channels;
  }

  private static FeatureClasses multiplied(int[] channels, Shape shape) {
    int[] ids = new int[shape.extent(0)];
    int multiplier = ids.length / channels.length;
    Arrays.setAll(ids, s -> channels[s / multiplier]);
    return new FeatureClasses(ids, shape.positions());
  }

  private void joinElements(FeatureClasses x, FeatureClasses y) {
    int step = gcd(x.span(), y.span());
    for (int e = 0; e < x.size(); e += step) {
      sets.union(x.at(e), y.at(e));
    }
  }

  private FeatureClasses concatenated(List<Integer> inputs) {
    int span = 0;
    int size = 0;
    for (int input : inputs) {
      span = gcd(span, layouts[input].span());
      size += layouts[input].size();
    }
    int[] ids = new int[size / span];
    int at = 0;
    for (int input : inputs) {
      FeatureClasses x = layouts[input];
      for (int e = 0; e < x.size(); e += span) {
        ids[at++] = x.at(e);
      }
    }
    return new FeatureClasses(ids, span);
  }

  private static FeatureClasses transposed(FeatureClasses x, Shape shape, List<Integer> axes) {
    if (axes.get(0) == 0 && x.span() % shape.positions() == 0) {
      return x;
    }
    int[] source = transposition(shape, axes);
    int[] ids = new int[source.length];
    Arrays.setAll(ids, e -> x.at(source[e]));
    return new FeatureClasses(ids, 1);
  }

  /** For every element of the transposed value, the element of the original it is. */
  static int[] transposition(Shape shape, List<Integer> axes) {
    int rank = axes.size();
    int[] stride = new int[rank];
    int step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      stride[axis] = step;
      step *= shape.extent(axis);
    }
    int[] source = new int[shape.size()];
    int[] index = new int[rank];
    int at = 0;
    for (int e = 0; e < source.length; e++) {
      source[e] = at;
      for (int i = rank - 1; i >= 0; i--) {
        at += stride[axes.get(i)];
        if (++index[i] < shape.extent(axes.get(i))) {
          break;
        }
        at -= stride[axes.get(i)] * index[i];
        index[i] = 0;
      }
    }
    return source;
  }

  /**
   * Joins each entry with those it is a sum of. An entry that is always 0 belongs to its channel; a
   * channel of nothing else has no scale.
   */
  private FeatureClasses mapped(SparseMatrix a, FeatureClasses x, Shape shape) {
    int positions = shape.positions();
    int[] ids = new int[a.rows()];
    int[] channels = new int[ids.length / positions];
    boolean whole = true;
    for (int c = 0; c < channels.length; c++) {
      channels[c] = -1;
      for (int row = c * positions; row < (c + 1) * positions; row++) {
        ids[row] = -1;
        for (int e = a.start(row); e < a.start(row + 1); e++) {
          int id = x.at(a.column(e));
          if (ids[row] < 0) {
            ids[row] = id;
          } else {
            sets.union(ids[row], id);
          }
        }
        channels[c] = channels[c] < 0 ? ids[row] : channels[c];
      }
      if (channels[c] < 0) {
        channels[c] = sets.add(1);
        mark(channels[c], bit(Anchor.CONSTANT));
      }
      for (int row = c * positions; row < (c + 1) * positions; row++) {
        ids[row] = ids[row] < 0 ? channels[c] : ids[row];
        whole &= ids[row] == channels[c];
      }
    }
    return whole ? new FeatureClasses(channels, positions) : new FeatureClasses(ids, 1);
  }

  private void markShifted(Layer.Constant constant, FeatureClasses x, Shape shape) {
    List<Double> shift = constant.shift();
    int positions = shape.positions();
    for (int c = 0; c < (shape.rank() == 0 ? 1 : shape.extent(0)); c++) {
      if (shift.get(shift.size() == 1 ? 0 : c) != 0) {
        for (int k = c * positions / x.span(); k <= ((c + 1) * positions - 1) / x.span(); k++) {
          mark(x.ids()[k], bit(Anchor.CONSTANT) | EMITS);
        }
      }
    }
  }

  private void markSharedParameters() {
    int[] uses = new int[network.parameters().size()];
    for (Node node : network.nodes()) {
      for (int parameter : new int[] {node.weight(), node.bias()}) {
        if (parameter >= 0) {
          uses[parameter]++;
        }
      }
    }
    for (Node node : network.nodes()) {
      boolean weight = node.weight() >= 0 && uses[node.weight()] > 1;
      boolean bias = node.bias() >= 0 && uses[node.bias()] > 1;
      if (weight || bias) {
        mark(layouts[node.index()], Anchor.SHARED_PARAMETER);
      }
      if (weight) {
        mark(layouts[node.input()], Anchor.SHARED_PARAMETER);
      }
    }
  }

  static int bit(Anchor anchor) {
    return 1 << anchor.ordinal();
  }

  private void mark(FeatureClasses layout, Anchor anchor) {
    markAll(layout, bit(anchor));
  }

  private void markAll(FeatureClasses layout, int bits) {
    for (int id : layout.ids()) {
      mark(id, bits);
    }
  }

  private void mark(int id, int bits) {
    if (id >= marks.length) {
      marks = Arrays.copyOf(marks, Math.max(sets.size(), 2 * marks.length));
    }
    marks[id] |= bits;
  }

  static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
