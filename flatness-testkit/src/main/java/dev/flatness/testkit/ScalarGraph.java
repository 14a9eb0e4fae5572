package dev.flatness.testkit;

import dev.flatness.network.Activation;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Window;
import dev.flatness.tensor.Shape;
import dev.flatness.tensor.SparseMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * A network written out scalar by scalar: every entry of every node is a sum of products of a
 * number or a parameter with an earlier scalar, the largest of earlier scalars, or an activation of
 * one.
 */
final class ScalarGraph {
  /** No parameter; a factor or a summand is then a number alone. */
  static final int NONE = -1;

  /** What a scalar is. */
  enum Kind {
    INPUT,
    SUM,
    LARGEST,
    ACTIVATION,
    /** Of the first source among all of them. */
    SOFTMAX,
    LOG_SOFTMAX
  }

  /**
   * factor · θ_parameter · source, or factor · source.
   *
   * @param source an earlier scalar
   * @param parameter a position in θ, or {@link #NONE}
   * @param factor a number
   */
  record Term(int source, int parameter, double factor) {}

  /**
   * One scalar.
   *
   * @param kind what it is
   * @param terms what it reads
   * @param summand a number added to a sum
   * @param bias a position in θ that is added to a sum, or {@link #NONE}
   * @param function the activation, else the identity
   */
  record Scalar(Kind kind, List<Term> terms, double summand, int bias, Activation function) {
    static Scalar sum(List<Term> terms, double summand, int bias) {
      return new Scalar(Kind.SUM, terms, summand, bias, Activation.IDENTITY);
    }
  }

  private final Network network;
  private final List<Scalar> scalars = new ArrayList<>();
  private final int[] first;

  ScalarGraph(Network network) {
    this.network = network;
    this.first = new int[network.nodes().size()];
    for (Node node : network.nodes()) {
      first[node.index()] = scalars.size();
      List<Scalar> entries = node.layer().accept(new Entries(node));
      if (entries.size() != node.shape().size()) {
        throw new AssertionError(node + " has " + entries.size() + " scalars");
      }
      scalars.addAll(entries);
    }
  }

  List<Scalar> scalars() {
    return scalars;
  }

  /** The first scalar of the network's output; the others follow. */
  int firstOutput() {
    return first[first.length - 1];
  }

  int outputs() {
    return scalars.size() - firstOutput();
  }

  /** The scalars of one node. */
  private final class Entries implements Layer.Visitor<List<Scalar>> {
    private final Node node;
    private final Shape shape;
    private final Shape read;
    private final int x;

    Entries(Node node) {
      this.node = node;
      this.shape = node.shape();
      this.read = node.inputs().isEmpty() ? shape : network.node(node.input()).shape();
      this.x = node.inputs().isEmpty() ? 0 : first[node.input()];
    }

    private int weight(int entry) {
      return node.weight() < 0 ? NONE : network.weight(node).offset() + entry;
    }

    private int bias(int channel) {
      if (node.bias() < 0) {
        return NONE;
      }
      return network.bias(node).offset() + (network.bias(node).size() == 1 ? 0 : channel);
    }

    private Term copy(int entry) {
      return new Term(x + entry, NONE, 1);
    }

    private List<Scalar> copies(int[] entries) {
      List<Scalar> all = new ArrayList<>();
      for (int entry : entries) {
        all.add(Scalar.sum(entry < 0 ? List.of() : List.of(copy(entry)), 0, NONE));
      }
      return all;
    }

    @Override
    public List<Scalar> input(Layer.Input layer) {
      List<Scalar> all = new ArrayList<>();
      for (int i = 0; i < shape.size(); i++) {
        all.add(new Scalar(Kind.INPUT, List.of(), 0, NONE, Activation.IDENTITY));
      }
      return all;
    }

    @Override
    public List<Scalar> dense(Layer.Dense layer) {
      List<Scalar> all = new ArrayList<>();
      for (int s = 0; s < layer.outputs(); s++) {
        List<Term> terms = new ArrayList<>();
        for (int t = 0; t < layer.inputs(); t++) {
          terms.add(new Term(x + t, weight(s * layer.inputs() + t), 1));
        }
        all.add(Scalar.sum(terms, 0, bias(s)));
      }
      return all;
    }

    @Override
    public List<Scalar> convolution(Layer.Convolution layer) {
      int outputsOfGroup = layer.outputChannels() / layer.groups();
      int inputsOfGroup = layer.inputChannels() / layer.groups();
      int taps = layer.window().taps();
      List<Scalar> all = new ArrayList<>();
      for (int s = 0; s < shape.extent(0); s++) {
        int firstChannel = s / outputsOfGroup * inputsOfGroup;
        for (int i = 0; i < shape.extent(1); i++) {
          for (int j = 0; j < shape.extent(2); j++) {
            List<Term> terms = new ArrayList<>();
            for (int c = 0; c < inputsOfGroup; c++) {
              for (int[] tap : taps(layer.window(), i, j)) {
                int w = weight((s * inputsOfGroup + c) * taps + tap[2]);
                terms.add(new Term(x + entry(firstChannel + c, tap[0], tap[1]), w, 1));
              }
            }
            all.add(Scalar.sum(terms, 0, bias(s)));
          }
        }
      }
      return all;
    }

    private int entry(int channel, int row, int column) {
      return (channel * read.extent(1) + row) * read.extent(2) + column;
    }

    /** Row, column and number of the taps that lie on the map, in the order of a kernel. */
    private List<int[]> taps(Window window, int i, int j) {
      List<int[]> all = new ArrayList<>();
      for (int tap = 0; tap < window.taps(); tap++) {
        int row =
            i * window.strideHeight()
                + tap / window.kernelWidth() * window.dilationHeight()
                - window.padTop();
        int column =
            j * window.strideWidth()
                + tap % window.kernelWidth() * window.dilationWidth()
                - window.padLeft();
        if (row >= 0 && row < read.extent(1) && column >= 0 && column < read.extent(2)) {
          all.add(new int[] {row, column, tap});
        }
      }
      return all;
    }

    @Override
    public List<Scalar> affine(Layer.Affine layer) {
      List<Scalar> all = new ArrayList<>();
      for (int e = 0; e < shape.size(); e++) {
        int channel = e / shape.positions();
        all.add(Scalar.sum(List.of(new Term(x + e, weight(channel), 1)), 0, bias(channel)));
      }
      return all;
    }

    @Override
    public List<Scalar> constant(Layer.Constant layer) {
      List<Scalar> all = new ArrayList<>();
      for (int e = 0; e < shape.size(); e++) {
        int channel = e / shape.positions();
        double scale = layer.scale().get(layer.scale().size() == 1 ? 0 : channel);
        double shift = layer.shift().get(layer.shift().size() == 1 ? 0 : channel);
        all.add(Scalar.sum(List.of(new Term(x + e, NONE, scale)), shift, NONE));
      }
      return all;
    }

    @Override
    public List<Scalar> activate(Layer.Activate layer) {
      List<Scalar> all = new ArrayList<>();
      for (int e = 0; e < shape.size(); e++) {
        Activation function = layer.function().at(e / shape.positions());
        all.add(new Scalar(Kind.ACTIVATION, List.of(copy(e)), 0, NONE, function));
      }
      return all;
    }

    @Override
    public List<Scalar> maxPool(Layer.MaxPool layer) {
      List<Scalar> all = new ArrayList<>();
      for (List<Term> terms : windows(layer.window(), false, false)) {
        all.add(new Scalar(Kind.LARGEST, terms, 0, NONE, Activation.IDENTITY));
      }
      return all;
    }

    @Override
    public List<Scalar> averagePool(Layer.AveragePool layer) {
      return windows(layer.window(), true, layer.countPadding()).stream()
          .map(terms -> Scalar.sum(terms, 0, NONE))
          .toList();
    }

    private List<List<Term>> windows(Window window, boolean average, boolean countPadding) {
      List<List<Term>> all = new ArrayList<>();
      for (int c = 0; c < shape.extent(0); c++) {
        for (int i = 0; i < shape.extent(1); i++) {
          for (int j = 0; j < shape.extent(2); j++) {
            List<int[]> taps = taps(window, i, j);
            double factor = !average ? 1 : 1.0 / (countPadding ? window.taps() : taps.size());
            int channel = c;
            all.add(
                taps.stream()
                    .map(tap -> new Term(x + entry(channel, tap[0], tap[1]), NONE, factor))
                    .toList());
          }
        }
      }
      return all;
    }

    @Override
    public List<Scalar> zeroPad(Layer.ZeroPad layer) {
      int[] entries = new int[shape.size()];
      for (int e = 0; e < entries.length; e++) {
        int row = e / shape.extent(2) % shape.extent(1) - layer.top();
        int column = e % shape.extent(2) - layer.left();
        boolean inside = row >= 0 && row < read.extent(1) && column >= 0 && column < read.extent(2);
        entries[e] = inside ? entry(e / shape.positions(), row, column) : -1;
      }
      return copies(entries);
    }

    @Override
    public List<Scalar> reshape(Layer.Reshape layer) {
      int[] entries = new int[shape.size()];
      for (int e = 0; e < entries.length; e++) {
        entries[e] = e;
      }
      return copies(entries);
    }

    @Override
    public List<Scalar> transpose(Layer.Transpose layer) {
      int[] entries = new int[shape.size()];
      for (int e = 0; e < entries.length; e++) {
        // The position on each output axis is that on the input axis it comes from.
        int[] at = new int[shape.rank()];
        int rest = e;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
          at[layer.axes().get(axis)] = rest % shape.extent(axis);
          rest /= shape.extent(axis);
        }
        for (int axis = 0; axis < at.length; axis++) {
          entries[e] = entries[e] * read.extent(axis) + at[axis];
        }
      }
      return copies(entries);
    }

    @Override
    public List<Scalar> add(Layer.Add layer) {
      List<Scalar> all = new ArrayList<>();
      for (int e = 0; e < shape.size(); e++) {
        List<Term> terms = new ArrayList<>();
        for (int input : node.inputs()) {
          terms.add(new Term(first[input] + e, NONE, 1));
        }
        all.add(Scalar.sum(terms, 0, NONE));
      }
      return all;
    }

    @Override
    public List<Scalar> concatenate(Layer.Concatenate layer) {
      List<Scalar> all = new ArrayList<>();
      for (int input : node.inputs()) {
        for (int e = 0; e < network.node(input).shape().size(); e++) {
          all.add(Scalar.sum(List.of(new Term(first[input] + e, NONE, 1)), 0, NONE));
        }
      }
      return all;
    }

    @Override
    public List<Scalar> linearMap(Layer.LinearMap layer) {
      SparseMatrix matrix = layer.matrix();
      List<Scalar> all = new ArrayList<>();
      for (int row = 0; row < matrix.rows(); row++) {
        List<Term> terms = new ArrayList<>();
        for (int e = matrix.start(row); e < matrix.start(row + 1); e++) {
          terms.add(new Term(x + matrix.column(e), NONE, matrix.value(e)));
        }
        all.add(Scalar.sum(terms, 0, NONE));
      }
      return all;
    }

    @Override
    public List<Scalar> softmax(Layer.Softmax layer) {
      List<Scalar> all = new ArrayList<>();
      for (int k = 0; k < shape.size(); k++) {
        List<Term> terms = new ArrayList<>(List.of(copy(k)));
        for (int j = 0; j < shape.size(); j++) {
          if (j != k) {
            terms.add(copy(j));
          }
        }
        Kind kind = layer.logarithm() ? Kind.LOG_SOFTMAX : Kind.SOFTMAX;
        all.add(new Scalar(kind, terms, 0, NONE, Activation.IDENTITY));
      }
      return all;
    }
  }
}
