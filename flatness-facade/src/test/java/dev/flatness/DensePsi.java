package dev.flatness;

import dev.flatness.basispath.Skeleton;
import dev.flatness.data.Dataset;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The loss in the values of basis paths, from dense matrices. Values are monomials of weights, so
 * with the free edges held fixed every weight is a monomial of the values: w_k = c_k Π_j v_j^{E_kj}
 * with E the inverse of the values' exponents.
 */
final class DensePsi {
  private final double[] theta;
  private final int[] coordinate;
  private final double[] v;
  private final double[][] exponents;

  /** w_k / v_k, which is defined at w_k = 0 too. */
  private final double[] ratio;

  private final double[][] hessian;
  private final double[] gradient;
  private final double traceSize;
  private final double[] outOfClass;

  DensePsi(Network network, Skeleton skeleton, DenseMeasures pruned) {
    this.theta = pruned.theta;
    ScaleClasses classes = ScaleClasses.of(network);
    BitSet dead = DenseOrbit.dead(network, classes);
    int[] tail = new int[theta.length];
    int[] head = new int[theta.length];
    classes.forEachEdge(
        (position, from, to) -> {
          tail[position] = from;
          head[position] = to;
        });
    int[] in = new int[classes.count()];
    int[] out = new int[classes.count()];
    Arrays.fill(in, -1);
    Arrays.fill(out, -1);
    BitSet free = new BitSet();
    for (int edge : skeleton.freeEdges()) {
      out[tail[edge]] = edge;
      free.set(edge);
    }
    for (int edge : skeleton.inEdges()) {
      in[head[edge]] = edge;
    }
    this.coordinate = positions(theta.length, dead, free);
    int d = coordinate.length;
    int[] place = new int[theta.length];
    Arrays.fill(place, -1);
    for (int j = 0; j < d; j++) {
      place[coordinate[j]] = j;
    }
    this.v = new double[d];
    this.ratio = new double[d];
    double[][] a = new double[d][d];
    for (int j = 0; j < d; j++) {
      double others = 1;
      a[j][j] = 1;
      for (int c = tail[coordinate[j]]; c >= 0 && in[c] >= 0; c = tail[in[c]]) {
        others *= theta[in[c]];
        if (place[in[c]] >= 0) {
          a[j][place[in[c]]] += 1;
        }
      }
      for (int c = head[coordinate[j]]; out[c] >= 0; c = head[out[c]]) {
        others *= theta[out[c]];
      }
      v[j] = others * theta[coordinate[j]];
      ratio[j] = 1 / others;
    }
    this.outOfClass = new double[classes.count()];
    for (int unit = 0; unit < outOfClass.length; unit++) {
      // Anchored classes stay as they are, dead ones vanish.
      outOfClass[unit] = out[unit] >= 0 || !classes.isFree(unit) ? 1 : 0;
      for (int c = unit; out[c] >= 0; c = head[out[c]]) {
        outOfClass[unit] *= Math.abs(theta[out[c]]);
      }
    }
    this.exponents = d == 0 ? a : DenseMatrices.inverse(a);
    for (double[] row : exponents) {
      Arrays.setAll(row, j -> Math.rint(row[j]));
    }
    this.hessian = new double[d][d];
    this.gradient = new double[d];
    this.traceSize = differentiate(pruned.gradient, pruned.h);
  }

  private static int[] positions(int p, BitSet dead, BitSet free) {
    BitSet all = new BitSet();
    all.set(0, p);
    all.andNot(dead);
    all.andNot(free);
    return all.stream().toArray();
  }

  /** ∂w_k/∂v_j. */
  private double first(int k, int j) {
    double e = exponents[k][j];
    return e == 0 ? 0 : j == k ? e * ratio[k] : e * theta[coordinate[k]] / v[j];
  }

  /** ∂²w_k/∂v_i∂v_j. */
  private double second(int k, int i, int j) {
    double factor = exponents[k][i] * (exponents[k][j] - (i == j ? 1 : 0));
    if (factor == 0) {
      return 0;
    }
    if (i == k || j == k) {
      return factor * ratio[k] / v[i == k ? j : i];
    }
    return factor * theta[coordinate[k]] / v[i] / v[j];
  }

  /** Fills gradient and Hessian; returns the sum of the magnitudes that the trace is made of. */
  private double differentiate(double[] g, double[][] h) {
    int d = v.length;
    double[][] jacobian = new double[d][d];
    for (int k = 0; k < d; k++) {
      for (int j = 0; j < d; j++) {
        jacobian[k][j] = first(k, j);
        gradient[j] += g[coordinate[k]] * jacobian[k][j];
      }
    }
    double[][] hj = new double[d][d];
    double[][] sizes = new double[d][d];
    for (int k = 0; k < d; k++) {
      for (int l = 0; l < d; l++) {
        double entry = h[coordinate[k]][coordinate[l]];
        for (int j = 0; entry != 0 && j < d; j++) {
          hj[k][j] += entry * jacobian[l][j];
          sizes[k][j] += Math.abs(entry * jacobian[l][j]);
        }
      }
    }
    double size = 0;
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < d; i++) {
        size += Math.abs(jacobian[k][i]) * sizes[k][i];
        size += Math.abs(g[coordinate[k]] * second(k, i, i));
        for (int j = 0; j < d; j++) {
          hessian[i][j] += jacobian[k][i] * hj[k][j] + g[coordinate[k]] * second(k, i, j);
        }
      }
    }
    return size;
  }

  double[] values() {
    return v;
  }

  double[] gradient() {
    return gradient;
  }

  double[][] hessian() {
    return hessian;
  }

  double trace() {
    double trace = 0;
    for (int i = 0; i < v.length; i++) {
      trace += hessian[i][i];
    }
    return trace;
  }

  double traceSize() {
    return traceSize;
  }

  /** The least magnitude of a value that divides another weight. */
  double radius() {
    double radius = Double.POSITIVE_INFINITY;
    for (int k = 0; k < v.length; k++) {
      for (int j = 0; j < v.length; j++) {
        if (exponents[k][j] < 0) {
          radius = Math.min(radius, Math.abs(v[j]));
        }
      }
    }
    return radius;
  }

  /** What a scale class is multiplied by in the gauge where all free edges have magnitude 1. */
  private double canonicalFactor(int scaleClass) {
    return outOfClass[scaleClass];
  }

  /** The weights at v ± u for u drawn uniformly from a ball. */
  Supplier<double[][]> weightsAtRandom(double radius, RandomGenerator random) {
    return () -> {
      double[] u = new double[v.length];
      Arrays.setAll(u, i -> random.nextGaussian());
      double scale = radius * Math.pow(random.nextDouble(), 1.0 / v.length) / DenseMatrices.norm(u);
      Arrays.setAll(u, i -> scale * u[i]);
      return new double[][] {
        weightsAt(u), weightsAt(Arrays.stream(u).map(entry -> -entry).toArray())
      };
    };
  }

  /** The weights at v + δ. */
  double[] weightsAt(double[] delta) {
    double[] w = theta.clone();
    for (int k = 0; k < v.length; k++) {
      double value = ratio[k] * (v[k] + delta[k]);
      for (int j = 0; j < v.length; j++) {
        if (j != k && exponents[k][j] != 0) {
          value *= Math.pow(1 + delta[j] / v[j], exponents[k][j]);
        }
      }
      w[coordinate[k]] = value;
    }
    return w;
  }

  /** The logarithm of the bound of Theorem 5.1, for a chain of equal hidden widths. */
  double logTheoremBound(Network network, Dataset data, double lipschitz, double epsilon) {
    double largest = Arrays.stream(v).map(Math::abs).max().orElseThrow();
    double smallest = Arrays.stream(v).map(Math::abs).min().orElseThrow();
    List<Node> layers = network.weightLayers();
    int n = layers.size();
    double width = layers.get(0).shape().size();
    double outputs = network.output().shape().size();
    double psi = 0;
    for (int s = 1; s <= n; s++) {
      double power = Math.pow(largest, 2 * n + 1 - s) / Math.pow(smallest, 2 * n);
      psi = Math.max(psi, Math.pow(epsilon, s - 1) * power);
    }
    double factor = Math.pow(2, (3 * n + 4) / 2.0) * (n - 1) * width * outputs;
    double paths = network.inputShape().size() * Math.pow(width, n - 1) * outputs;
    double inputs = largestInput(network, data);
    return Math.log(2 * inputs * lipschitz * paths * (1 + factor * psi) * epsilon);
  }

  /** The largest norm of an input of a layer in the canonical gauge. */
  private double largestInput(Network network, Dataset data) {
    ScaleClasses classes = ScaleClasses.of(network);
    int size = network.inputShape().size();
    double[] x = new double[data.size() * size];
    data.read(0, data.size(), x, new double[data.size() * data.targetSize()]);
    double largest = 0;
    for (int i = 0; i < data.size(); i++) {
      List<double[]> values = network.activations(Arrays.copyOfRange(x, i * size, (i + 1) * size));
      for (Node layer : network.weightLayers()) {
        double[] input = values.get(layer.input()).clone();
        Arrays.setAll(input, t -> input[t] * canonicalFactor(classes.classOf(layer.input(), t)));
        largest = Math.max(largest, DenseMatrices.norm(input));
      }
    }
    return largest;
  }
}
