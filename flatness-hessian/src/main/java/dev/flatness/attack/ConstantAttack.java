package dev.flatness.attack;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Dinh §4.3: a layer that everything passes is scaled down until the ball of radius ε holds the
 * point where it is 0. The network then computes a constant, and no constant has a smaller loss
 * than the best one, whatever the biases behind the layer make of 0.
 */
record ConstantAttack() implements Attack {
  /** Keeps the perturbation within the ball after rounding. */
  private static final double MARGIN = 1e-12;

  @Override
  public String name() {
    return "constant-function";
  }

  @Override
  public Result against(Subject subject) {
    ScaleClasses classes = ScaleClasses.of(subject.network());
    Node layer = cut(subject.network(), classes);
    double epsilon = subject.settings().get(EpsilonSharpness.EPSILON);
    double norm = norm(subject.theta(), positions(subject.network(), layer));
    double alpha = norm > epsilon ? epsilon / norm * (1 - MARGIN) : 1;
    NetworkSurface surface = subject.surface().inDouble();
    double loss = surface.value(subject.theta());
    OptionalDouble constant = BestConstant.of(subject.surface());
    OptionalDouble predicted =
        constant.isPresent()
            ? OptionalDouble.of((constant.getAsDouble() - loss) / (1 + loss))
            : constant;
    Construction built =
        new Construction(name(), Values.SHARPNESS, subject, Rescaling.alpha(classes, layer, alpha))
            .with("alpha", alpha)
            .with("layer", layer.name())
            .with("epsilon", epsilon);
    constant.ifPresent(value -> built.with("bestConstantLoss", value));
    built.with("constantLoss", surface.value(zeroed(built.moved(), layer)));
    return built.reaching(
        Values.of(Values.SHARPNESS, subject).value(), predicted, moved -> reached(moved, layer));
  }

  private static Outcome reached(Subject moved, Node layer) {
    NetworkSurface surface = moved.surface().inDouble();
    double increase = surface.value(zeroed(moved, layer)) - surface.value(moved.theta());
    return SharpnessAttack.lowerBound(moved, increase);
  }

  private static double[] zeroed(Subject subject, Node layer) {
    double[] theta = subject.theta();
    for (int position : positions(subject.network(), layer)) {
      theta[position] = 0;
    }
    return theta;
  }

  private static double norm(double[] theta, int[] positions) {
    return Vectors.scaledNorm(Arrays.stream(positions).mapToDouble(i -> theta[i]).toArray());
  }

  /** The first layer that every path passes, all of whose parameters can be scaled down. */
  private static Node cut(Network network, ScaleClasses classes) {
    List<String> passed = new ArrayList<>();
    for (Node node : network.nodes()) {
      if (node.weight() >= 0 && isCut(network, node)) {
        passed.add(node.name());
        if (scales(classes, node)) {
          return node;
        }
      }
    }
    throw new IllegalArgumentException(
        passed.isEmpty()
            ? "no layer is passed by every path from the input to the output, so none makes the"
                + " network constant"
            : "the layers "
                + passed
                + " are passed by every path, but none of them can be scaled down as a whole; a"
                + " hidden layer with a positively homogeneous activation is needed");
  }

  private static boolean isCut(Network network, Node cut) {
    boolean[] reached = new boolean[network.nodes().size()];
    for (Node node : network.nodes()) {
      reached[node.index()] =
          node.index() != cut.index()
              && (node.index() == 0 || node.inputs().stream().anyMatch(input -> reached[input]));
    }
    return !reached[network.output().index()];
  }

  /** Whether the factor of the layer's outputs multiplies each of its parameters. */
  private static boolean scales(ScaleClasses classes, Node layer) {
    int[] written = classes.classesOf(layer.index());
    boolean[] holds = {Arrays.stream(written).allMatch(classes::isFree)};
    classes.forEachEdge(
        layer, (position, from, to) -> holds[0] &= Arrays.binarySearch(written, from) < 0);
    return holds[0];
  }

  private static int[] positions(Network network, Node layer) {
    Parameter weight = network.weight(layer);
    IntStream weights = IntStream.range(weight.offset(), weight.offset() + weight.size());
    if (layer.bias() < 0) {
      return weights.toArray();
    }
    Parameter bias = network.bias(layer);
    return IntStream.concat(weights, IntStream.range(bias.offset(), bias.offset() + bias.size()))
        .toArray();
  }
}
