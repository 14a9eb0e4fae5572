package dev.flatness;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.DenseReference;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What measures are by their definitions, from the dense Hessian of a network. */
final class DenseMeasures {
  /**
   * Right numbers, and the size of what each is summed from: rounding is relative to that.
   *
   * @param values the numbers
   * @param sizes their sizes
   */
  record Right(double[] values, double[] sizes) {
    static Right of(double value, double size) {
      return new Right(new double[] {value}, new double[] {size});
    }

    static Right of(double value) {
      return of(value, Math.abs(value));
    }
  }

  private static final Pattern GAUGED = Pattern.compile("-at-minimum-norm$");

  final Network network;
  final DenseReference reference;
  final double[] theta;
  final double[] gradient;
  final double[][] h;
  final DenseMatrices.Eigen eigen;
  private final Dataset data;
  private final double[][] semidefinite;

  /** The same for the network without dead units. */
  final DenseMeasures pruned;

  private final Map<Integer, DenseMatrices.Eigen> layers = new HashMap<>();
  private final Loss loss;
  private DenseMeasures gauged;

  DenseMeasures(Network network, Dataset data, Loss loss) {
    this.network = network;
    this.data = data;
    this.loss = loss;
    this.reference = DenseReference.of(network, data, loss);
    this.theta = network.parameterVector();
    this.gradient = reference.gradient();
    this.h = reference.hessian();
    this.eigen = DenseMatrices.eigen(h);
    this.semidefinite = network.piecewiseLinear() ? h : reference.gaussNewton();
    double[] living = theta.clone();
    DenseOrbit.dead(network, ScaleClasses.of(network)).stream().forEach(i -> living[i] = 0);
    this.pruned =
        Arrays.equals(living, theta)
            ? this
            : new DenseMeasures(network.withParameters(living), data, loss);
  }

  /** A number of the network; null for what has none here. */
  Right network(String id) {
    return switch (id) {
      case "hessian-trace" -> trace(h, 0, theta.length);
      case "hessian-top-eigenvalue" -> Right.of(eigen.largest(), eigen.norm());
      case "hessian-bottom-eigenvalue" -> Right.of(eigen.smallest(), eigen.norm());
      case "hessian-frobenius-norm" -> Right.of(DenseMatrices.frobenius(h));
      case "epsilon-sharpness-quadratic" ->
          Right.of(eigen.norm() * 1e-6 / (2 * (1 + reference.loss())));
      case "l2-norm-squared" -> Right.of(DenseMatrices.norm(theta) * DenseMatrices.norm(theta));
      case "kappa-max", "kappa-sum", "kappa-tau-max", "kappa-tau-sum", "rho-max", "rho-sum" ->
          over(id);
      case "path-norm-1" -> Right.of(DenseReference.pathNorm(network, 1));
      case "path-norm-2" -> Right.of(DenseReference.pathNorm(network, 2));
      case "fisher-rao-norm" -> fisherRao();
      case "log-weight-trace" -> logWeightTrace();
      case "orbit-minimal-trace", "layer-minimal-trace" ->
          pruned.minimalTrace(id.startsWith("layer"));
      case "normalized-sharpness" -> pruned.normalizedSharpness();
      case "hessian-trace-at-minimum-norm" -> pruned.gaugedTrace(0, theta.length);
      case "l2-norm-squared-at-minimum-norm" -> Right.of(pruned.gauge().value());
      case "hessian-top-eigenvalue-at-minimum-norm",
          "hessian-bottom-eigenvalue-at-minimum-norm",
          "hessian-frobenius-norm-at-minimum-norm",
          "epsilon-sharpness-quadratic-at-minimum-norm" ->
          atMinimumNorm().network(GAUGED.matcher(id).replaceFirst(""));
      default -> null;
    };
  }

  /** A number of a layer. */
  Right layer(String id, Node layer) {
    Parameter weight = network.weight(layer);
    return switch (id) {
      case "hessian-trace" -> trace(h, weight.offset(), weight.size());
      case "hessian-top-eigenvalue" -> {
        DenseMatrices.Eigen own = eigen(layer);
        yield Right.of(own.largest(), own.norm());
      }
      case "kappa" -> times(layer("hessian-top-eigenvalue", layer), squares(weight));
      case "kappa-tau" -> times(layer("hessian-trace", layer), squares(weight));
      case "rho-max" -> largest(rho(layer, false));
      case "rho-sum" -> sum(rho(layer, false));
      case "relative-flatness" -> relativeFlatness(layer, null);
      case "relative-flatness-normalized" ->
          readsInput(layer) || !network.piecewiseLinear()
              ? null
              : relativeFlatness(layer, spreads(layer));
      case "hessian-trace-at-minimum-norm" -> pruned.gaugedTrace(weight.offset(), weight.size());
      case "hessian-top-eigenvalue-at-minimum-norm" ->
          atMinimumNorm().layer("hessian-top-eigenvalue", layer);
      case "relative-flatness-max" -> relativeFlatnessMax(weight);
      default -> throw new AssertionError("no reference for " + id + " of layers");
    };
  }

  private DenseMatrices.Eigen eigen(Node layer) {
    return layers.computeIfAbsent(
        layer.weight(),
        index -> {
          Parameter weight = network.weight(layer);
          return DenseMatrices.eigen(DenseMatrices.block(h, weight.offset(), weight.size()));
        });
  }

  private static Right trace(double[][] matrix, int offset, int size) {
    double sum = 0;
    double magnitudes = 0;
    for (int i = offset; i < offset + size; i++) {
      sum += matrix[i][i];
      magnitudes += Math.abs(matrix[i][i]);
    }
    return Right.of(sum, magnitudes);
  }

  private double squares(Parameter weight) {
    double norm = DenseMatrices.norm(network.values(weight));
    return norm * norm;
  }

  private static Right times(Right right, double factor) {
    return Right.of(factor * right.values()[0], Math.abs(factor) * right.sizes()[0]);
  }

  private static Right largest(Right list) {
    return Right.of(
        Arrays.stream(list.values()).max().orElseThrow(),
        Arrays.stream(list.sizes()).max().orElseThrow());
  }

  private static Right sum(Right list) {
    return Right.of(Arrays.stream(list.values()).sum(), Arrays.stream(list.sizes()).sum());
  }

  /** A maximum or sum over weights, each once. */
  private Right over(String id) {
    boolean maximum = id.endsWith("-max");
    String own = id.startsWith("rho") ? id : id.substring(0, id.length() - 4);
    Set<Integer> seen = new HashSet<>();
    List<Right> all =
        network.weightLayers().stream()
            .filter(node -> seen.add(node.weight()))
            .map(node -> layer(own, node))
            .toList();
    double[] values = all.stream().mapToDouble(right -> right.values()[0]).toArray();
    double[] sizes = all.stream().mapToDouble(right -> right.sizes()[0]).toArray();
    return maximum ? largest(new Right(values, sizes)) : sum(new Right(values, sizes));
  }

  /** The neuron of each entry of a weight. */
  private static int[] neurons(Node layer, Parameter weight, boolean rows) {
    int[] neuron = new int[weight.size()];
    int outputs = weight.shape().extent(0);
    int width = weight.size() / outputs;
    for (int e = 0; e < neuron.length; e++) {
      int row = e / width;
      if (layer.layer() instanceof Layer.Convolution convolution) {
        int reads = weight.shape().extent(1);
        int group = row / (outputs / convolution.groups());
        neuron[e] = rows ? row : group * reads + e % width / (width / reads);
      } else {
        neuron[e] = rows ? row : e % width;
      }
    }
    return neuron;
  }

  Right rho(Node layer, boolean rows) {
    Parameter weight = network.weight(layer);
    int[] neuron = neurons(layer, weight, rows);
    int count = Arrays.stream(neuron).max().orElseThrow() + 1;
    double[] values = new double[count];
    double[] sizes = new double[count];
    for (int e = 0; e < neuron.length; e++) {
      for (int f = 0; f < neuron.length; f++) {
        if (neuron[e] == neuron[f]) {
          int i = weight.offset() + e;
          int j = weight.offset() + f;
          values[neuron[e]] += theta[i] * h[i][j] * theta[j];
          sizes[neuron[e]] += Math.abs(theta[i] * h[i][j] * theta[j]);
        }
      }
    }
    return new Right(values, sizes);
  }

  /** Σ ⟨w_s, w_t⟩ Tr H_st of pairs of rows of one group, inputs divided by their spread. */
  private Right relativeFlatness(Node layer, double[] spread) {
    Parameter weight = network.weight(layer);
    int outputs = weight.shape().extent(0);
    int width = weight.size() / outputs;
    int groups = layer.layer() instanceof Layer.Convolution c ? c.groups() : 1;
    int[] input = neurons(layer, weight, false);
    double sum = 0;
    double size = 0;
    for (int s = 0; s < outputs; s++) {
      for (int t = 0; t < outputs; t++) {
        if (s / (outputs / groups) != t / (outputs / groups)) {
          continue;
        }
        double inner = 0;
        double sizes = 0;
        double trace = 0;
        double magnitudes = 0;
        for (int k = 0; k < width; k++) {
          int i = weight.offset() + s * width + k;
          int j = weight.offset() + t * width + k;
          double factor = spread == null ? 1 : spread[input[s * width + k]];
          if (factor != 0) {
            inner += theta[i] * theta[j] * factor * factor;
            sizes += Math.abs(theta[i] * theta[j]) * factor * factor;
            trace += h[i][j] / factor / factor;
            magnitudes += Math.abs(h[i][j]) / factor / factor;
          }
        }
        sum += inner * trace;
        size += sizes * magnitudes;
      }
    }
    return Right.of(sum, size);
  }

  /** Σ_s ‖w_s‖² λ_max(H_ss). */
  private Right relativeFlatnessMax(Parameter weight) {
    int outputs = weight.shape().extent(0);
    int width = weight.size() / outputs;
    double sum = 0;
    double size = 0;
    for (int s = 0; s < outputs; s++) {
      int offset = weight.offset() + s * width;
      double norm = DenseMatrices.norm(Arrays.copyOfRange(theta, offset, offset + width));
      if (norm > 0) {
        DenseMatrices.Eigen row = DenseMatrices.eigen(DenseMatrices.block(h, offset, width));
        sum += norm * norm * row.largest();
        size += norm * norm * row.norm();
      }
    }
    return Right.of(sum, size);
  }

  private boolean readsInput(Node layer) {
    return layer.inputs().stream()
        .map(network::node)
        .allMatch(node -> node.weight() < 0 && node.bias() < 0 && readsInput(node));
  }

  /** The spread of each input of a layer: over samples, and of a channel over its map. */
  private double[] spreads(Node layer) {
    Node input = network.node(layer.input());
    boolean map = layer.layer() instanceof Layer.Convolution;
    int positions = map ? input.shape().positions() : 1;
    int n = data.size();
    double[] x = new double[n * network.inputShape().size()];
    data.read(0, n, x, new double[n * data.targetSize()]);
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      int size = network.inputShape().size();
      rows[i] =
          network.activations(Arrays.copyOfRange(x, i * size, (i + 1) * size)).get(input.index());
    }
    double[] spread = new double[input.shape().size() / positions];
    for (int c = 0; c < spread.length; c++) {
      double[] all = new double[n * positions];
      for (int i = 0; i < n; i++) {
        System.arraycopy(rows[i], c * positions, all, i * positions, positions);
      }
      double mean = Arrays.stream(all).sum() / all.length;
      double square = Arrays.stream(all).map(value -> value * value).sum() / all.length;
      double deviation =
          Math.sqrt(
              Arrays.stream(all).map(value -> (value - mean) * (value - mean)).sum() / all.length);
      spread[c] = deviation <= 1e-10 * Math.sqrt(square) ? Math.abs(mean) : deviation;
    }
    return spread;
  }

  private Right fisherRao() {
    double sum = 0;
    double sizes = 0;
    double[][] gradients = reference.sampleGradients();
    for (double[] sample : gradients) {
      double inner = 0;
      double size = 0;
      for (int i = 0; i < theta.length; i++) {
        inner += theta[i] * sample[i];
        size += Math.abs(theta[i] * sample[i]);
      }
      sum += inner * inner;
      sizes += size * size;
    }
    return Right.of(Math.sqrt(sum / gradients.length), Math.sqrt(sizes / gradients.length));
  }

  private Right logWeightTrace() {
    double sum = 0;
    double size = 0;
    for (int i = 0; i < theta.length; i++) {
      sum += theta[i] * theta[i] * h[i][i];
      size += theta[i] * theta[i] * Math.abs(h[i][i]);
    }
    return Right.of(sum, size);
  }

  private double[] diagonal(double[][] matrix) {
    double[] diagonal = new double[theta.length];
    Arrays.setAll(diagonal, i -> matrix[i][i]);
    return diagonal;
  }

  private Right minimalTrace(boolean layerWise) {
    ScaleClasses classes = ScaleClasses.of(network);
    DenseOrbit.Variable variable =
        layerWise ? DenseOrbit.layerWise(classes, network) : DenseOrbit.neuronWise(classes);
    return Right.of(
        DenseOrbit.least(
                classes, variable, diagonal(semidefinite), DenseOrbit.dead(network, classes), false)
            .value());
  }

  private DenseOrbit.Minimum gauge() {
    ScaleClasses classes = ScaleClasses.of(network);
    double[] squares = Arrays.stream(theta).map(w -> w * w).toArray();
    return DenseOrbit.least(
        classes, DenseOrbit.neuronWise(classes), squares, DenseOrbit.dead(network, classes), true);
  }

  /** The network of least norm on the orbit, without dead units. */
  DenseMeasures atMinimumNorm() {
    if (pruned != this) {
      return pruned.atMinimumNorm();
    }
    if (gauged == null) {
      ScaleClasses classes = ScaleClasses.of(network);
      double[] x = gauge().x();
      DenseOrbit.Variable variable = DenseOrbit.neuronWise(classes);
      double[] moved = theta.clone();
      BitSet done = DenseOrbit.dead(network, classes);
      classes.forEachEdge(
          (position, from, to) -> {
            if (!done.get(position)) {
              done.set(position);
              moved[position] *= Math.exp(x[variable.of(to)] - x[variable.of(from)]);
            }
          });
      gauged = new DenseMeasures(network.withParameters(moved), data, loss);
    }
    return gauged;
  }

  /** Σ H_ee (c_tail/c_head)² at the gauge of least norm. */
  private Right gaugedTrace(int offset, int size) {
    ScaleClasses classes = ScaleClasses.of(network);
    double[] x = gauge().x();
    DenseOrbit.Variable variable = DenseOrbit.neuronWise(classes);
    BitSet done = DenseOrbit.dead(network, classes);
    double[] sums = new double[2];
    classes.forEachEdge(
        (position, from, to) -> {
          if (!done.get(position) && position >= offset && position < offset + size) {
            done.set(position);
            double ratio = Math.exp(2 * (x[variable.of(from)] - x[variable.of(to)]));
            sums[0] += h[position][position] * ratio;
            sums[1] += Math.abs(h[position][position]) * ratio;
          }
        });
    return Right.of(sums[0], sums[1]);
  }

  /** Σ over layers of the least Σ H_ij a_i b_j + W_ij² / (a_i b_j). */
  private Right normalizedSharpness() {
    BitSet done = DenseOrbit.dead(network, ScaleClasses.of(network));
    double sum = 0;
    for (Node node : network.nodes()) {
      int rows = node.shape().extent(0);
      if (node.weight() < 0) {
        DenseOrbit problem = new DenseOrbit(1 + rows);
        for (int s = 0; node.bias() >= 0 && s < network.bias(node).size(); s++) {
          add(problem, done, network.bias(node).offset() + s, 1 + s, 0);
        }
        sum += problem.solve().value();
        continue;
      }
      Parameter weight = network.weight(node);
      int[] row = new int[weight.size()];
      int[] column = new int[weight.size()];
      if (node.layer() instanceof Layer.Affine) {
        Arrays.setAll(row, e -> e);
        Arrays.setAll(column, e -> e);
      } else {
        row = neurons(node, weight, true);
        column = neurons(node, weight, false);
      }
      int columns = Arrays.stream(column).max().orElseThrow() + 1;
      DenseOrbit problem = new DenseOrbit(1 + rows + columns);
      for (int e = 0; e < weight.size(); e++) {
        add(problem, done, weight.offset() + e, 1 + row[e], 1 + rows + column[e]);
      }
      for (int s = 0; node.bias() >= 0 && s < rows; s++) {
        add(problem, done, network.bias(node).offset() + s, 1 + s, 0);
      }
      sum += problem.solve().value();
    }
    return Right.of(sum);
  }

  /** With a = e^{2x} of the row and b = e^{−2y} of the column. */
  private void add(DenseOrbit problem, BitSet done, int position, int row, int column) {
    if (!done.get(position)) {
      done.set(position);
      problem.add(row, column, semidefinite[position][position]);
      problem.add(column, row, theta[position] * theta[position]);
    }
  }
}
