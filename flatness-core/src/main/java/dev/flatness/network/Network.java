package dev.flatness.network;

import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A neural network: an immutable graph of layers and one flat vector of parameters.
 *
 * <p>Formula: f_θ(x), the value of the last node; θ holds every parameter tensor in forward order,
 * weight before bias, row-major in the library's layout.
 *
 * <p>Cost: the graph is shared between networks that differ in parameters only. Errors: see {@link
 * GraphBuilder}.
 */
public final class Network {
  private final List<Node> nodes;
  private final List<Parameter> parameters;
  private final double[] theta;
  private final Precision storedPrecision;
  private final List<String> notes;

  /** Whether an activation was taken from the end: what the network then ends in makes logits. */
  private final boolean logits;

  Network(
      List<Node> nodes,
      List<Parameter> parameters,
      double[] theta,
      Precision storedPrecision,
      List<String> notes,
      boolean logits) {
    this.logits = logits;
    this.nodes = List.copyOf(nodes);
    this.parameters = List.copyOf(parameters);
    this.theta = theta;
    this.storedPrecision = storedPrecision;
    this.notes = List.copyOf(notes);
  }

  /**
   * Starts a graph.
   *
   * @param inputShape the shape of one input, without the batch axis
   * @return a builder
   */
  public static GraphBuilder builder(int... inputShape) {
    return new GraphBuilder(Shape.of(inputShape));
  }

  /**
   * Starts a chain of layers.
   *
   * @param inputShape the shape of one input, without the batch axis
   * @return a builder
   */
  public static SequentialBuilder sequential(int... inputShape) {
    return new SequentialBuilder(Network.builder(inputShape));
  }

  /**
   * Returns the nodes in topological order: the input first, the output last.
   *
   * @return an immutable list
   */
  public List<Node> nodes() {
    return nodes;
  }

  /**
   * Returns one node.
   *
   * @param index its position
   * @return the node
   */
  public Node node(int index) {
    return nodes.get(index);
  }

  /**
   * Returns the node whose value is the network's output.
   *
   * @return the last node
   */
  public Node output() {
    return nodes.get(nodes.size() - 1);
  }

  /**
   * Returns the shape of one input.
   *
   * @return the shape, without the batch axis
   */
  public Shape inputShape() {
    return nodes.get(0).shape();
  }

  /**
   * Returns the parameter tensors in the order of θ.
   *
   * @return an immutable list
   */
  public List<Parameter> parameters() {
    return parameters;
  }

  /**
   * Finds the parameter tensor that holds an entry of θ.
   *
   * <p>Cost: logarithmic in the number of tensors.
   *
   * @param position the position in θ
   * @return the tensor
   * @throws IndexOutOfBoundsException if the position is not one of θ
   */
  public Parameter parameterAt(int position) {
    java.util.Objects.checkIndex(position, parameterCount());
    int low = 0;
    int high = parameters.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parameters.get(middle).offset() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return parameters.get(low);
  }

  /**
   * Returns the number p of parameters.
   *
   * @return the length of θ
   */
  public int parameterCount() {
    return theta.length;
  }

  /**
   * Evaluates the network at one input, by the definition of each layer.
   *
   * <p>Shapes: as many numbers as the input shape has entries, row-major; as many as the output
   * has. Cost: plain loops in float64, some hundred times slower than a surface's passes over a
   * dataset; see {@code NetworkSurface.outputs} for those.
   *
   * @param x the input
   * @return f_θ(x)
   * @throws IllegalArgumentException if the input has another length
   */
  public double[] outputs(double[] x) {
    double[][] values = new ForwardPass(this).values(x);
    return values[values.length - 1];
  }

  /**
   * Evaluates the network at several inputs.
   *
   * <p>Shapes, cost and errors: as {@link #outputs(double[])}, a row an input.
   *
   * @param rows the inputs
   * @return one row of outputs an input
   */
  public double[][] outputs(double[][] rows) {
    ForwardPass pass = new ForwardPass(this);
    double[][] outputs = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      double[][] values = pass.values(rows[i]);
      outputs[i] = values[values.length - 1];
    }
    return outputs;
  }

  /**
   * Evaluates every node of the network at one input.
   *
   * <p>Shapes, cost and errors: as {@link #outputs(double[])}.
   *
   * @param x the input
   * @return one array a node, in the network's order
   */
  public List<double[]> activations(double[] x) {
    return List.of(new ForwardPass(this).values(x));
  }

  /**
   * Returns θ.
   *
   * @return a copy
   */
  public double[] parameterVector() {
    return theta.clone();
  }

  /**
   * Returns the values of one parameter tensor.
   *
   * @param parameter the parameter
   * @return a copy, row-major
   */
  public double[] values(Parameter parameter) {
    return java.util.Arrays.copyOfRange(
        theta, parameter.offset(), parameter.offset() + parameter.size());
  }

  /**
   * Returns the network of the same graph at another θ.
   *
   * @param parameters the new θ; copied
   * @return another network
   * @throws IllegalArgumentException if the length differs or an entry is not finite
   */
  public Network withParameters(double[] parameters) {
    if (parameters.length != theta.length) {
      throw new IllegalArgumentException(
          "parameter vector has " + parameters.length + " entries, expected " + theta.length);
    }
    GraphBuilder.requireFinite(this.parameters, parameters);
    return new Network(nodes, this.parameters, parameters.clone(), storedPrecision, notes, logits);
  }

  /**
   * Returns this network with further notes about how it came to be.
   *
   * @param added the notes, appended
   * @return the changed copy
   */
  public Network withNotes(List<String> added) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(added);
    return new Network(nodes, parameters, theta, storedPrecision, all, logits);
  }

  /**
   * Returns this network with another record of the precision of its file.
   *
   * @param precision the float type in which the parameters were stored
   * @return the changed copy
   */
  public Network withStoredPrecision(Precision precision) {
    return new Network(
        nodes, parameters, theta, Objects.requireNonNull(precision, "precision"), notes, logits);
  }

  /**
   * Returns what a reader changed or noticed, for reports.
   *
   * @return an immutable list of sentences
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the float type in which the parameters came, in which they are written back.
   *
   * @return the precision; float64 for networks that were built
   */
  public Precision storedPrecision() {
    return storedPrecision;
  }

  /**
   * Finds the activation at the network's end that makes probabilities of logits.
   *
   * @return the activation; empty where the network ends otherwise, and after {@link
   *     #withoutOutputActivation}, whatever made the logits
   */
  public Optional<OutputActivation> outputActivation() {
    return logits ? Optional.empty() : OutputActivation.of(this);
  }

  /**
   * Returns the network without the activation at its end: its outputs are logits.
   *
   * <p>The parameters are the same, in the same order.
   *
   * @return the shorter network
   * @throws IllegalStateException if there is no such activation
   */
  public Network withoutOutputActivation() {
    Optional<OutputActivation> end = outputActivation();
    if (end.isEmpty() || end.get() == OutputActivation.OF_SIGMOIDS) {
      throw new IllegalStateException(
          "the network ends in layer \""
              + output().name()
              + "\", expected a softmax or a sigmoid at its end");
    }
    return new Network(
        OutputActivation.before(this), parameters, theta, storedPrecision, notes, true);
  }

  /**
   * Returns the network with a shift of its input as first parameter.
   *
   * <p>Formula: f_θ(x + t) with t = 0, one entry of t an entry of the input; the gradient in t is
   * that in x. Shapes: t comes first in the new θ.
   *
   * @return the longer network
   */
  public Network withInputShift() {
    return InputShift.of(this, logits);
  }

  /**
   * Returns the dense and convolutional layers in forward order.
   *
   * @return the nodes that multiply a weight matrix
   */
  public List<Node> weightLayers() {
    return nodes.stream().filter(node -> node.layer().hasWeightMatrix()).toList();
  }

  /**
   * Tells whether a node reads the network's input, with no parameter between them.
   *
   * <p>Cost: linear in the number of nodes before it.
   *
   * @param node a node with inputs
   * @return whether what it reads depends on no parameter
   */
  public boolean readsInput(Node node) {
    boolean[] parametric = new boolean[node.index() + 1];
    for (Node before : nodes.subList(0, node.index())) {
      parametric[before.index()] =
          before.weight() >= 0
              || before.bias() >= 0
              || before.inputs().stream().anyMatch(input -> parametric[input]);
    }
    return node.inputs().stream().noneMatch(input -> parametric[input]);
  }

  /**
   * Returns the parameter that a node uses as its weight or scale.
   *
   * @param node a node that has one
   * @return the parameter
   */
  public Parameter weight(Node node) {
    return parameters.get(node.weight());
  }

  /**
   * Returns the parameter that a node uses as its bias or shift.
   *
   * @param node a node that has one
   * @return the parameter
   */
  public Parameter bias(Node node) {
    return parameters.get(node.bias());
  }

  /**
   * Tells whether a parameter tensor is used by more than one layer.
   *
   * @return whether weights are shared
   */
  public boolean sharesParameters() {
    int[] uses = new int[parameters.size()];
    for (Node node : nodes) {
      if (node.weight() >= 0 && ++uses[node.weight()] > 1) {
        return true;
      }
      if (node.bias() >= 0 && ++uses[node.bias()] > 1) {
        return true;
      }
    }
    return false;
  }

  /**
   * Tells whether the network is piecewise linear: every activation is, and no parameter is used
   * twice.
   *
   * <p>Source: docs/mathematics.md#piecewise-linear; then each layer's Hessian block is its
   * generalized Gauss–Newton block.
   *
   * @return whether the closed forms hold
   */
  public boolean piecewiseLinear() {
    return nodes.stream().allMatch(node -> node.layer().piecewiseLinear()) && !sharesParameters();
  }

  /** Returns the numbers of layers and parameters. */
  @Override
  public String toString() {
    return "Network["
        + nodes.size()
        + " nodes, "
        + theta.length
        + " parameters, input "
        + inputShape()
        + ", output "
        + output().shape()
        + "]";
  }
}
