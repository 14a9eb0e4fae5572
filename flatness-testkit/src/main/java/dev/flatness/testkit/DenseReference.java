package dev.flatness.testkit;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.testkit.ScalarGraph.Kind;
import dev.flatness.testkit.ScalarGraph.Scalar;
import dev.flatness.testkit.ScalarGraph.Term;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loss, gradient and dense curvature matrices of a small network, computed another way than the
 * library computes them: the reference for tests of measures.
 *
 * <p>Formula: the network is written out scalar by scalar, and every scalar carries its value, its
 * gradient and its Hessian in θ forward (second-order jets). With the outputs f and the loss ℓ of a
 * sample, ∇ℓ = Σ_k ∂ℓ/∂f_k ∇f_k and ∇²ℓ = Σ_k ∂ℓ/∂f_k ∇²f_k + Σ_kl ∂²ℓ/∂f_k∂f_l ∇f_k ∇f_lᵀ; the
 * last sum is the Gauss–Newton matrix.
 *
 * <p>Shapes: p parameters, n samples. Cost: O(n · terms · p²) time and 4 bytes · scalars · p²,
 * meant for p up to a hundred. Errors: more than 400 parameters and losses other than {@code
 * cross-entropy}, {@code squared-error} and {@code binary-cross-entropy} are {@link
 * IllegalArgumentException}s. Source: docs/mathematics.md#derivatives; derivatives at kinks are
 * those of docs/mathematics.md#kinks.
 */
public final class DenseReference {
  private static final int MOST_PARAMETERS = 400;

  private final ScalarGraph graph;
  private final double[][] inputs;
  private final double[][] targets;
  private final String loss;
  private final double[] theta;
  private final double[][] sampleGradients;
  private final double[][] hessian;
  private final double[][] gaussNewton;

  private DenseReference(Network network, double[][] inputs, double[][] targets, String loss) {
    this.graph = new ScalarGraph(network);
    this.inputs = inputs;
    this.targets = targets;
    this.loss = loss;
    this.theta = network.parameterVector();
    int p = theta.length;
    this.sampleGradients = new double[inputs.length][p];
    this.hessian = new double[p][p];
    this.gaussNewton = new double[p][p];
    for (int i = 0; i < inputs.length; i++) {
      differentiate(i);
    }
  }

  /**
   * Computes all derivatives at the network's parameters.
   *
   * @param network the network
   * @param data the samples
   * @param loss one of the library's losses
   * @return the reference values
   * @throws IllegalArgumentException if the network has more than 400 parameters or the loss is
   *     another
   */
  public static DenseReference of(Network network, Dataset data, Loss loss) {
    if (network.parameterCount() > MOST_PARAMETERS) {
      throw new IllegalArgumentException(
          "the network has "
              + network.parameterCount()
              + " parameters, expected at most "
              + MOST_PARAMETERS
              + " for a dense reference; take a smaller one");
    }
    if (!loss.settings().isEmpty()) {
      throw new IllegalArgumentException(
          "loss \""
              + loss.id()
              + "\" has the settings "
              + loss.settings().keySet()
              + ", which the dense reference does not know; take it without them");
    }
    int n = data.size();
    int width = network.inputShape().size();
    int targetSize = data.targetSize();
    double[] x = new double[n * width];
    double[] y = new double[n * targetSize];
    data.read(0, n, x, y);
    double[][] inputs = new double[n][width];
    double[][] targets = new double[n][targetSize];
    for (int i = 0; i < n; i++) {
      System.arraycopy(x, i * width, inputs[i], 0, width);
      System.arraycopy(y, i * targetSize, targets[i], 0, targetSize);
    }
    return new DenseReference(network, inputs, targets, loss.id());
  }

  /**
   * Computes the ℓp path norm: the sum over all paths of |value|^p, to the power 1/p, with the
   * largest entry of a maximum pooling's window and every activation counted as 1.
   *
   * @param network the network
   * @param p at least 1
   * @return its path norm
   */
  public static double pathNorm(Network network, int p) {
    ScalarGraph graph = new ScalarGraph(network);
    double[] theta = network.parameterVector();
    List<Scalar> scalars = graph.scalars();
    double[] sums = new double[scalars.size()];
    for (int s = 0; s < sums.length; s++) {
      Scalar scalar = scalars.get(s);
      sums[s] = scalar.kind() == Kind.INPUT ? 1 : Math.pow(Math.abs(scalar.summand()), p);
      if (scalar.bias() != ScalarGraph.NONE) {
        sums[s] += Math.pow(Math.abs(theta[scalar.bias()]), p);
      }
      boolean softmax = scalar.kind() == Kind.SOFTMAX || scalar.kind() == Kind.LOG_SOFTMAX;
      for (Term term : softmax ? scalar.terms().subList(0, 1) : scalar.terms()) {
        double own = Math.pow(Math.abs(weight(term, theta)), p) * sums[term.source()];
        sums[s] = scalar.kind() == Kind.LARGEST ? Math.max(sums[s], own) : sums[s] + own;
      }
    }
    double sum = 0;
    for (int s = graph.firstOutput(); s < sums.length; s++) {
      sum += sums[s];
    }
    return Math.pow(sum, 1.0 / p);
  }

  /**
   * Returns L(θ).
   *
   * @return the mean loss
   */
  public double loss() {
    return lossAt(theta);
  }

  /**
   * Computes the loss at other parameters.
   *
   * @param parameters as many as the network has
   * @return the mean loss there
   */
  public double lossAt(double[] parameters) {
    double sum = 0;
    double[] values = new double[graph.scalars().size()];
    for (int i = 0; i < inputs.length; i++) {
      evaluate(inputs[i], parameters, values);
      sum += ScalarLoss.of(loss, outputs(values), targets[i]).value();
    }
    return sum / inputs.length;
  }

  /**
   * Returns ∇L(θ).
   *
   * @return p entries, a new array
   */
  public double[] gradient() {
    double[] mean = new double[theta.length];
    for (double[] gradient : sampleGradients) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += gradient[k] / inputs.length;
      }
    }
    return mean;
  }

  /**
   * Returns ∇ℓ_i(θ) of every sample.
   *
   * @return {@code [n, p]}, a copy
   */
  public double[][] sampleGradients() {
    return copy(sampleGradients);
  }

  /**
   * Returns ∇²L(θ).
   *
   * @return {@code [p, p]}, a copy
   */
  public double[][] hessian() {
    return copy(hessian);
  }

  /**
   * Returns the generalized Gauss–Newton matrix.
   *
   * @return {@code [p, p]}, a copy
   */
  public double[][] gaussNewton() {
    return copy(gaussNewton);
  }

  private static double[][] copy(double[][] matrix) {
    double[][] copy = new double[matrix.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = matrix[i].clone();
    }
    return copy;
  }

  private static double weight(Term term, double[] theta) {
    return term.factor() * (term.parameter() == ScalarGraph.NONE ? 1 : theta[term.parameter()]);
  }

  private double[] outputs(double[] values) {
    double[] outputs = new double[graph.outputs()];
    System.arraycopy(values, graph.firstOutput(), outputs, 0, outputs.length);
    return outputs;
  }

  private void evaluate(double[] x, double[] parameters, double[] values) {
    List<Scalar> scalars = graph.scalars();
    for (int s = 0; s < values.length; s++) {
      Scalar scalar = scalars.get(s);
      switch (scalar.kind()) {
        case INPUT -> values[s] = x[s];
        case SUM -> {
          double sum = scalar.summand();
          for (Term term : scalar.terms()) {
            sum += weight(term, parameters) * values[term.source()];
          }
          values[s] = sum + (scalar.bias() == ScalarGraph.NONE ? 0 : parameters[scalar.bias()]);
        }
        case LARGEST -> values[s] = values[chosen(scalar, values)];
        case ACTIVATION -> {
          double z = values[scalar.terms().get(0).source()];
          values[s] = ScalarActivation.at(scalar.function(), z).value();
        }
        case SOFTMAX -> values[s] = shares(scalar, values)[0];
        case LOG_SOFTMAX -> values[s] = Math.log(shares(scalar, values)[0]);
      }
    }
  }

  /** The softmax of the sources. */
  private static double[] shares(Scalar scalar, double[] values) {
    double[] shares =
        scalar.terms().stream().mapToDouble(term -> Math.exp(values[term.source()])).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  /** With p the softmax: ∂ ln p_0/∂z_j = δ_0j − p_j, and p_0 times that for p_0. */
  private Jet softmax(Scalar scalar, double[] values, Jet[] jets) {
    double[] p = shares(scalar, values);
    boolean logarithm = scalar.kind() == Kind.LOG_SOFTMAX;
    double factor = logarithm ? 1 : p[0];
    Jet result = new Jet(theta.length);
    for (int i = 0; i < p.length; i++) {
      Jet z = jets[scalar.terms().get(i).source()];
      double slope = (i == 0 ? 1 : 0) - p[i];
      result.add(z, factor * slope);
      for (int j = 0; j < p.length; j++) {
        double other = (j == 0 ? 1 : 0) - p[j];
        double ofLogarithm = -p[i] * ((i == j ? 1 : 0) - p[j]);
        double second = factor * (logarithm ? ofLogarithm : slope * other + ofLogarithm);
        z.addProductTo(result.second(), jets[scalar.terms().get(j).source()], second);
      }
    }
    return result;
  }

  /** The first of the largest sources. */
  private static int chosen(Scalar scalar, double[] values) {
    int best = scalar.terms().get(0).source();
    for (Term term : scalar.terms()) {
      best = values[term.source()] > values[best] ? term.source() : best;
    }
    return best;
  }

  private void differentiate(int sample) {
    List<Scalar> scalars = graph.scalars();
    double[] values = new double[scalars.size()];
    evaluate(inputs[sample], theta, values);
    Jet[] jets = new Jet[values.length];
    for (int s = 0; s < jets.length; s++) {
      Scalar scalar = scalars.get(s);
      jets[s] =
          switch (scalar.kind()) {
            case INPUT -> Jet.CONSTANT;
            case SUM -> sum(scalar, values, jets);
            case LARGEST -> jets[chosen(scalar, values)];
            case ACTIVATION -> {
              int source = scalar.terms().get(0).source();
              yield jets[source].activated(
                  ScalarActivation.at(scalar.function(), values[source]), theta.length);
            }
            case SOFTMAX, LOG_SOFTMAX -> softmax(scalar, values, jets);
          };
    }
    ScalarLoss at = ScalarLoss.of(loss, outputs(values), targets[sample]);
    int first = graph.firstOutput();
    double share = 1.0 / inputs.length;
    for (int k = 0; k < graph.outputs(); k++) {
      jets[first + k].addTo(sampleGradients[sample], at.gradient()[k]);
      jets[first + k].addHessianTo(hessian, share * at.gradient()[k]);
      for (int l = 0; l < graph.outputs(); l++) {
        double second = share * at.hessian()[k][l];
        jets[first + k].addProductTo(hessian, jets[first + l], second);
        jets[first + k].addProductTo(gaussNewton, jets[first + l], second);
      }
    }
  }

  private Jet sum(Scalar scalar, double[] values, Jet[] jets) {
    Jet sum = new Jet(theta.length);
    for (Term term : scalar.terms()) {
      sum.add(jets[term.source()], weight(term, theta));
      if (term.parameter() != ScalarGraph.NONE) {
        sum.addParameter(
            term.parameter(), term.factor(), values[term.source()], jets[term.source()]);
      }
    }
    if (scalar.bias() != ScalarGraph.NONE) {
      sum.addParameter(scalar.bias(), 1, 1, Jet.CONSTANT);
    }
    return sum;
  }

  /** First and second derivatives of a scalar in θ; null where all are 0. */
  private static final class Jet {
    static final Jet CONSTANT = new Jet(0);

    private double @Nullable [] first;
    private double @Nullable [][] second;
    private final int p;

    Jet(int p) {
      this.p = p;
    }

    private double[] first() {
      double[] array = first == null ? new double[p] : first;
      first = array;
      return array;
    }

    private double[][] second() {
      double[][] array = second == null ? new double[p][p] : second;
      second = array;
      return array;
    }

    void add(Jet other, double factor) {
      if (other.first != null && factor != 0) {
        addTo(other.first, first(), factor);
      }
      if (other.second != null && factor != 0) {
        double[][] own = second();
        for (int k = 0; k < p; k++) {
          addTo(other.second[k], own[k], factor);
        }
      }
    }

    /** Adds the derivatives of factor · θ_k · x beyond factor · θ_k times those of x. */
    void addParameter(int k, double factor, double value, Jet x) {
      first()[k] += factor * value;
      if (x.first != null) {
        double[][] own = second();
        for (int l = 0; l < p; l++) {
          own[k][l] += factor * x.first[l];
          own[l][k] += factor * x.first[l];
        }
      }
    }

    Jet activated(ScalarActivation at, int size) {
      Jet result = new Jet(size);
      if (first == null) {
        return result;
      }
      result.add(this, at.first());
      if (at.second() != 0) {
        addProductTo(result.second(), this, at.second());
      }
      return result;
    }

    void addTo(double[] target, double factor) {
      if (first != null) {
        addTo(first, target, factor);
      }
    }

    void addHessianTo(double[][] target, double factor) {
      if (second != null) {
        for (int k = 0; k < p; k++) {
          addTo(second[k], target[k], factor);
        }
      }
    }

    /** target += factor · ∇this ∇otherᵀ. */
    void addProductTo(double[][] target, Jet other, double factor) {
      if (first != null && other.first != null && factor != 0) {
        for (int k = 0; k < p; k++) {
          if (first[k] != 0) {
            addTo(other.first, target[k], factor * first[k]);
          }
        }
      }
    }

    private static void addTo(double[] from, double[] target, double factor) {
      for (int i = 0; i < from.length; i++) {
        target[i] += factor * from[i];
      }
    }
  }
}
