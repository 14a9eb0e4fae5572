package dev.flatness.onnx;

import dev.flatness.network.GraphBuilder;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import dev.flatness.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns folded steps into a network. */
final class Assembly {
  private final Context context;
  private final GraphBuilder builder;
  private final Set<String> names = new HashSet<>(Set.of("input"));
  private final Map<String, Integer> repeats = new HashMap<>();
  private final Map<Step, Integer> nodes = new IdentityHashMap<>();
  private final Map<Step, String> given = new IdentityHashMap<>();
  private final Map<String, Shared> parameters = new HashMap<>();

  private record Shared(Step.Weights weights, int index, String layer) {}

  private Assembly(Context context, GraphBuilder builder) {
    this.context = context;
    this.builder = builder;
  }

  /** The steps that lead to an output, in the draft's order. */
  static List<Step> live(List<Step> steps, Step output) {
    Set<Step> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Step> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      Step step = open.pop();
      if (needed.add(step)) {
        open.addAll(step.inputs());
      }
    }
    return steps.stream().filter(needed::contains).toList();
  }

  static Network build(Context context, List<Step> live, Step output) {
    Assembly assembly = new Assembly(context, Network.builder(live.get(0).shape().toArray()));
    assembly.nodes.put(live.get(0), 0);
    assembly.name(live, true);
    assembly.name(live, false);
    for (Step step : live.subList(1, live.size())) {
      assembly.nodes.put(step, assembly.add(step));
    }
    int last = assembly.nodes.get(output);
    if (output.shape().rank() != 1) {
      last = assembly.builder.flatten(assembly.unique("output"), last);
    }
    Precision precision = context.sawDouble() ? Precision.FLOAT64 : Precision.FLOAT32;
    for (String type : context.halves()) {
      context.note(type + " weights were converted to " + precision.id());
    }
    return assembly.builder.build(last).withStoredPrecision(precision);
  }

  /** Layers with weights get the names they wish first. */
  private void name(List<Step> live, boolean withWeights) {
    for (Step step : live.subList(1, live.size())) {
      if (step.layer().hasWeightMatrix() == withWeights) {
        given.put(step, unique(step.name()));
      }
    }
  }

  private int add(Step step) {
    return step.layer().accept(new Addition(step));
  }

  /** Adds the node of one step. */
  private final class Addition implements Layer.Visitor<Integer> {
    private final Step step;
    private final int[] in;
    private final String name;

    Addition(Step step) {
      this.step = step;
      this.in = step.inputs().stream().mapToInt(nodes::get).toArray();
      this.name = given.get(step);
    }

    @Override
    public Integer input(Layer.Input layer) {
      return builder.input();
    }

    @Override
    public Integer dense(Layer.Dense layer) {
      int weight = parameter(name, ".weight", Parameter.Role.WEIGHT, step.weight());
      int bias = parameter(name, ".bias", Parameter.Role.BIAS, step.bias());
      return builder.dense(name, in[0], weight, bias);
    }

    @Override
    public Integer convolution(Layer.Convolution layer) {
      int weight = parameter(name, ".weight", Parameter.Role.WEIGHT, step.weight());
      int bias = parameter(name, ".bias", Parameter.Role.BIAS, step.bias());
      return builder.convolution(name, in[0], weight, bias, layer.window(), layer.groups());
    }

    @Override
    public Integer affine(Layer.Affine layer) {
      return builder.affine(name, in[0], tensor(step.weight()), tensor(step.bias()));
    }

    @Override
    public Integer constant(Layer.Constant layer) {
      return builder.constant(name, in[0], layer.scale(), layer.shift());
    }

    @Override
    public Integer activate(Layer.Activate layer) {
      return builder.activate(name, in[0], layer.function());
    }

    @Override
    public Integer maxPool(Layer.MaxPool layer) {
      return builder.maxPool(name, in[0], layer.window());
    }

    @Override
    public Integer averagePool(Layer.AveragePool layer) {
      return builder.averagePool(name, in[0], layer.window(), layer.countPadding());
    }

    @Override
    public Integer zeroPad(Layer.ZeroPad layer) {
      return builder.zeroPad(name, in[0], layer.top(), layer.left(), layer.bottom(), layer.right());
    }

    @Override
    public Integer reshape(Layer.Reshape layer) {
      return builder.reshape(name, in[0], layer.shape().toArray());
    }

    @Override
    public Integer transpose(Layer.Transpose layer) {
      int[] axes = layer.axes().stream().mapToInt(Integer::intValue).toArray();
      return builder.transpose(name, in[0], axes);
    }

    @Override
    public Integer linearMap(Layer.LinearMap layer) {
      return builder.linearMap(name, in[0], layer.matrix(), layer.shape().toArray());
    }

    @Override
    public Integer add(Layer.Add layer) {
      return builder.add(name, in);
    }

    @Override
    public Integer concatenate(Layer.Concatenate layer) {
      return builder.concatenate(name, in);
    }

    @Override
    public Integer softmax(Layer.Softmax layer) {
      return builder.softmax(name, in[0], layer.logarithm());
    }
  }

  private static Tensor tensor(Step.Weights weights) {
    return weights == null ? null : Tensor.of(weights.values(), weights.extents());
  }

  /** The index of a parameter; layers that use one constant of the file share it. */
  private int parameter(String layer, String suffix, Parameter.Role role, Step.Weights weights) {
    if (weights == null) {
      return -1;
    }
    String root = weights.root();
    Shared known = root == null ? null : parameters.get(root);
    if (known == null) {
      int index =
          builder.parameter(layer + suffix, role, Tensor.of(weights.values(), weights.extents()));
      if (root != null) {
        parameters.put(root, new Shared(weights, index, layer));
      }
      return index;
    }
    if (!known.weights().sameAs(weights)) {
      throw Messages.refused(
          "initializer "
              + Messages.quoted(root)
              + " is used by layers "
              + Messages.quoted(known.layer())
              + " and "
              + Messages.quoted(layer)
              + " in different layouts, which no shared parameter here can express; read the file with"
              + " --untie (in Java withUntied), which gives each layer its own");
    }
    context.note(
        "initializer " + Messages.quoted(root) + " is used by more than one layer: one parameter");
    return known.index();
  }

  private String unique(String wish) {
    String name = wish;
    while (!names.add(name)) {
      name = wish + "_" + repeats.merge(wish, 2, (number, two) -> number + 1);
    }
    return name;
  }
}
