package dev.flatness;

import dev.flatness.network.Network;
import dev.flatness.network.SequentialBuilder;
import dev.flatness.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * A perceptron with two hidden ReLU layers under softmax cross-entropy, in plain loops: loss,
 * gradient, second derivatives, eigenvalues and rescalings by their definitions, with nothing of
 * the library.
 *
 * <p>Parameters are w1, b1, w2, b2, w3, b3, row-major; without biases w1, w2, w3.
 */
final class PlainPerceptron {
  private final int[] widths;
  private final boolean biases;
  private final double[][] inputs;
  private final int[] labels;

  PlainPerceptron(int[] widths, boolean biases, double[][] inputs, int[] labels) {
    this.widths = widths;
    this.biases = biases;
    this.inputs = inputs;
    this.labels = labels;
  }

  static double[][] gaussian(RandomGenerator random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return matrix;
  }

  int parameters() {
    return offset(3);
  }

  /** The first parameter of a layer's weight, layers from 0. */
  int offset(int layer) {
    int at = 0;
    for (int l = 0; l < layer; l++) {
      at += widths[l + 1] * (widths[l] + (biases ? 1 : 0));
    }
    return at;
  }

  int weights(int layer) {
    return widths[layer] * widths[layer + 1];
  }

  /** The same network as the library builds it. */
  Network network(double[] theta) {
    SequentialBuilder builder = Network.sequential(widths[0]);
    for (int l = 0; l < 3; l++) {
      int out = widths[l + 1];
      Tensor weight = Tensor.of(slice(theta, offset(l), weights(l)), out, widths[l]);
      Tensor bias = biases ? Tensor.of(slice(theta, offset(l) + weights(l), out), out) : null;
      builder = builder.dense("fc" + (l + 1), weight, bias);
      builder = l < 2 ? builder.relu() : builder;
    }
    return builder.build();
  }

  private static double[] slice(double[] theta, int from, int count) {
    double[] part = new double[count];
    System.arraycopy(theta, from, part, 0, count);
    return part;
  }

  /** Values with one derivative: [0] and [1]. */
  private static double[] times(double[] a, double[] b) {
    return new double[] {a[0] * b[0], a[1] * b[0] + a[0] * b[1]};
  }

  private static void add(double[] sum, double[] a) {
    sum[0] += a[0];
    sum[1] += a[1];
  }

  /** The values of all layers at one input, with their derivatives along v. */
  private double[][][] forward(double[] theta, double[] v, double[] x) {
    double[][][] values = new double[4][][];
    values[0] = new double[widths[0]][2];
    for (int i = 0; i < x.length; i++) {
      values[0][i][0] = x[i];
    }
    for (int l = 0; l < 3; l++) {
      values[l + 1] = new double[widths[l + 1]][2];
      for (int s = 0; s < widths[l + 1]; s++) {
        double[] z = values[l + 1][s];
        for (int t = 0; t < widths[l]; t++) {
          int e = offset(l) + s * widths[l] + t;
          add(z, times(new double[] {theta[e], v[e]}, values[l][t]));
        }
        if (biases) {
          int e = offset(l) + weights(l) + s;
          add(z, new double[] {theta[e], v[e]});
        }
        if (l < 2 && !(z[0] > 0)) {
          z[0] = 0;
          z[1] = 0;
        }
      }
    }
    return values;
  }

  double[] outputs(double[] theta, double[] x) {
    double[][] last = forward(theta, new double[theta.length], x)[3];
    double[] outputs = new double[last.length];
    for (int k = 0; k < last.length; k++) {
      outputs[k] = last[k][0];
    }
    return outputs;
  }

  double loss(double[] theta) {
    double sum = 0;
    for (int i = 0; i < inputs.length; i++) {
      double[] f = outputs(theta, inputs[i]);
      double total = 0;
      for (double each : f) {
        total += Math.exp(each - f[labels[i]]);
      }
      sum += Math.log(total);
    }
    return sum / inputs.length;
  }

  /** The derivative of the gradient along v, H v. */
  private double[] product(double[] theta, double[] v) {
    double[] product = new double[theta.length];
    for (int i = 0; i < inputs.length; i++) {
      double[][][] a = forward(theta, v, inputs[i]);
      double[][] g = softmax(a[3]);
      g[labels[i]][0] -= 1;
      for (int l = 2; l >= 0; l--) {
        double[][] below = new double[widths[l]][2];
        for (int s = 0; s < widths[l + 1]; s++) {
          for (int t = 0; t < widths[l]; t++) {
            int e = offset(l) + s * widths[l] + t;
            product[e] += times(g[s], a[l][t])[1] / inputs.length;
            if (l > 0 && a[l][t][0] > 0) {
              add(below[t], times(g[s], new double[] {theta[e], v[e]}));
            }
          }
          if (biases) {
            product[offset(l) + weights(l) + s] += g[s][1] / inputs.length;
          }
        }
        g = below;
      }
    }
    return product;
  }

  /** e^f over its sum, with derivatives. */
  private static double[][] softmax(double[][] f) {
    double[][] p = new double[f.length][2];
    double total = 0;
    for (double[] each : f) {
      total += Math.exp(each[0]);
    }
    double along = 0;
    for (int k = 0; k < f.length; k++) {
      p[k][0] = Math.exp(f[k][0]) / total;
      along += p[k][0] * f[k][1];
    }
    for (int k = 0; k < f.length; k++) {
      p[k][1] = p[k][0] * (f[k][1] - along);
    }
    return p;
  }

  double[][] hessian(double[] theta) {
    double[][] matrix = new double[theta.length][];
    for (int i = 0; i < theta.length; i++) {
      matrix[i] = product(theta, unit(theta.length, i));
    }
    return matrix;
  }

  double trace(double[] theta) {
    double sum = 0;
    for (int i = 0; i < theta.length; i++) {
      sum += product(theta, unit(theta.length, i))[i];
    }
    return sum;
  }

  private static double[] unit(int n, int i) {
    double[] unit = new double[n];
    unit[i] = 1;
    return unit;
  }

  /** mean Jᵀ (diag p − p pᵀ) J. */
  double[][] gaussNewton(double[] theta) {
    int p = theta.length;
    double[][] matrix = new double[p][p];
    for (double[] x : inputs) {
      double[][][] columns = new double[p][][];
      double[][] slopes = new double[p][];
      for (int e = 0; e < p; e++) {
        columns[e] = forward(theta, unit(p, e), x)[3];
        double[][] moved = softmax(columns[e]);
        slopes[e] = new double[moved.length];
        for (int k = 0; k < moved.length; k++) {
          slopes[e][k] = moved[k][1];
        }
      }
      for (int e = 0; e < p; e++) {
        for (int g = 0; g < p; g++) {
          for (int k = 0; k < slopes[g].length; k++) {
            matrix[e][g] += columns[e][k][1] * slopes[g][k] / inputs.length;
          }
        }
      }
    }
    return matrix;
  }

  double[][] block(double[][] matrix, int layer) {
    double[][] block = new double[weights(layer)][weights(layer)];
    for (int i = 0; i < block.length; i++) {
      System.arraycopy(matrix[offset(layer) + i], offset(layer), block[i], 0, block.length);
    }
    return block;
  }

  /** All eigenvalues of a symmetric matrix by Jacobi's rotations, in no order. */
  static double[] eigenvalues(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
    }
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] == 0) {
            continue;
          }
          double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
          double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
          double c = 1 / Math.hypot(t, 1);
          double s = t * c;
          for (int i = 0; i < n; i++) {
            double x = a[i][p];
            double y = a[i][q];
            a[i][p] = c * x - s * y;
            a[i][q] = s * x + c * y;
          }
          for (int i = 0; i < n; i++) {
            double x = a[p][i];
            double y = a[q][i];
            a[p][i] = c * x - s * y;
            a[q][i] = s * x + c * y;
          }
          a[p][q] = 0;
          a[q][p] = 0;
        }
      }
    }
    double[] eigenvalues = new double[n];
    for (int i = 0; i < n; i++) {
      eigenvalues[i] = a[i][i];
    }
    return eigenvalues;
  }

  static double largest(double[] values) {
    double largest = values[0];
    for (double value : values) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  /** What enters every hidden unit is multiplied by its factor, what leaves it divided. */
  double[] rescaled(double[] theta, double[] factors) {
    double[] moved = theta.clone();
    for (int l = 0; l < 3; l++) {
      for (int s = 0; s < widths[l + 1]; s++) {
        double out = l < 2 ? factors[s + (l == 1 ? widths[1] : 0)] : 1;
        for (int t = 0; t < widths[l]; t++) {
          double in = l > 0 ? factors[t + (l == 2 ? widths[1] : 0)] : 1;
          moved[offset(l) + s * widths[l] + t] *= out / in;
        }
        if (biases) {
          moved[offset(l) + weights(l) + s] *= out;
        }
      }
    }
    return moved;
  }

  /** Factors at which a function of the rescaled parameters is least: one after the other. */
  double[] minimizer(double[] theta, ToDoubleFunction<double[]> function) {
    double[] logarithms = new double[widths[1] + widths[2]];
    for (int sweep = 0; sweep < 40; sweep++) {
      double step = 0;
      for (int j = 0; j < logarithms.length; j++) {
        int unit = j;
        double old = logarithms[j];
        logarithms[j] =
            golden(
                old,
                sweep < 3 ? 4 : 0.1,
                x -> {
                  logarithms[unit] = x;
                  return function.applyAsDouble(rescaled(theta, exp(logarithms)));
                });
        step = Math.max(step, Math.abs(logarithms[j] - old));
      }
      if (step < 2e-6) {
        break;
      }
    }
    return exp(logarithms);
  }

  private static double golden(double center, double reach, DoubleUnaryOperator function) {
    double ratio = (Math.sqrt(5) - 1) / 2;
    double low = center - reach;
    double high = center + reach;
    double left = high - ratio * (high - low);
    double right = low + ratio * (high - low);
    double atLeft = function.applyAsDouble(left);
    double atRight = function.applyAsDouble(right);
    while (high - low > 1e-6) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - ratio * (high - low);
        atLeft = function.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + ratio * (high - low);
        atRight = function.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }

  private static double[] exp(double[] logarithms) {
    double[] factors = new double[logarithms.length];
    for (int j = 0; j < factors.length; j++) {
      factors[j] = Math.exp(logarithms[j]);
    }
    return factors;
  }
}
