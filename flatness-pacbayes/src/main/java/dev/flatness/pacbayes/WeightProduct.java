package dev.flatness.pacbayes;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.spectral.Lanczos;
import dev.flatness.spectral.Lanczos.End;
import dev.flatness.spectral.LanczosResult;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import java.util.Arrays;
import java.util.List;

/**
 * {@code spectral-product} and {@code frobenius-product}: the product over the layers of the
 * squared norms of their weight matrices.
 *
 * <p>Formula: Π_l ‖W_l‖₂², Π_l ‖W_l‖_F² over the dense and convolutional layers. W_l is the matrix
 * [out, in · kh · kw] of a convolution, not its operator on whole feature maps; of a grouped
 * convolution it is the block-diagonal matrix of its groups. A weight that several layers use
 * counts for each.
 *
 * <p>Units: squared weights to the number of layers. Cost: no pass over the data; the largest
 * singular value is a dense eigenvalue problem up to 256 rows or columns, above that a Lanczos run
 * to 1e-8. Detail: {@code logValue}. Invariant to permutations. Under a layer-wise rescaling the
 * product takes the factor Π_l (c_out/c_in)², which is 1 where the weight layers are a chain; a
 * claim of layer-wise invariance is made for networks where it is.
 *
 * <p>Source: Jiang et al. 2020, App. C; docs/mathematics.md#weight-products. Immutable.
 */
public final class WeightProduct extends AbstractMeasure {
  private static final int DENSE = 256;
  private static final double SPREAD = 10;

  private final boolean spectral;

  private WeightProduct(boolean spectral) {
    super(
        spectral ? "spectral-product" : "frobenius-product",
        "product of the layers' squared " + (spectral ? "spectral" : "Frobenius") + " norms",
        Invariance.NONE,
        "Jiang et al. 2020, App. C",
        Scope.NETWORK);
    this.spectral = spectral;
  }

  /**
   * Returns the product of squared largest singular values.
   *
   * @return {@code spectral-product}
   */
  public static WeightProduct spectral() {
    return new WeightProduct(true);
  }

  /**
   * Returns the product of squared Frobenius norms.
   *
   * @return {@code frobenius-product}
   */
  public static WeightProduct frobenius() {
    return new WeightProduct(false);
  }

  @Override
  protected boolean needsLayers() {
    return true;
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    Network network = subject.network();
    double logarithm = 0;
    double residual = Double.NaN;
    Status status = Status.EXACT;
    for (Node node : network.weightLayers()) {
      Norm norm = norm(network, node, subject);
      logarithm += 2 * norm.logarithm();
      if (norm.residual() > 0) {
        residual = Double.isNaN(residual) ? norm.residual() : residual + norm.residual();
        status =
            norm.converged() && status != Status.NOT_CONVERGED
                ? Status.CONVERGED
                : Status.NOT_CONVERGED;
      }
    }
    Outcome outcome =
        Outcome.of(Math.exp(logarithm), status == Status.EXACT ? Outcome.EXACT : "lanczos", status)
            .withResidual(residual);
    if (status == Status.NOT_CONVERGED) {
      outcome = outcome.because("the largest singular value of a layer did not converge");
    }
    Estimate estimate = Estimate.network(id(), claimFor(network), outcome);
    return List.of(
        Double.isFinite(logarithm) ? estimate.withDetail("logValue", logarithm) : estimate);
  }

  /** Whether the factors of a random layer-wise rescaling cancel over the weight layers. */
  private static Invariance claimFor(Network network) {
    Rescaling by = Rescaling.randomLayerWise(ScaleClasses.of(network), SPREAD, Seed.of(1));
    double[] ratios = by.ratios();
    double sum = 0;
    for (Node node : network.weightLayers()) {
      sum += Math.log(ratios[network.parameters().get(node.weight()).offset()]);
    }
    return Math.abs(sum) < 1e-9 ? Invariance.LAYER_WISE : Invariance.NONE;
  }

  private record Norm(double logarithm, double residual, boolean converged) {}

  private Norm norm(Network network, Node node, Subject subject) {
    Parameter parameter = network.parameters().get(node.weight());
    double[] w = network.values(parameter);
    double unit = Arrays.stream(w).map(Math::abs).max().orElse(0);
    if (unit == 0) {
      return new Norm(Double.NEGATIVE_INFINITY, 0, true);
    }
    double[] scaled = Arrays.stream(w).map(value -> value / unit).toArray();
    if (!spectral) {
      double sum = Arrays.stream(scaled).map(value -> value * value).sum();
      return new Norm(Math.log(unit) + Math.log(sum) / 2, 0, true);
    }
    int groups = node.layer() instanceof Layer.Convolution layer ? layer.groups() : 1;
    int rows = parameter.shape().extent(0) / groups;
    int columns = scaled.length / groups / rows;
    Norm largest = new Norm(Double.NEGATIVE_INFINITY, 0, true);
    for (int g = 0; g < groups; g++) {
      double[] block = Arrays.copyOfRange(scaled, g * rows * columns, (g + 1) * rows * columns);
      Norm own = singular(block, rows, columns, subject.seed().split(node.name()).split(g));
      largest = own.logarithm() > largest.logarithm() ? own : largest;
    }
    return new Norm(Math.log(unit) + largest.logarithm(), largest.residual(), largest.converged());
  }

  /** The logarithm of the largest singular value, by the Gram matrix of the shorter side. */
  private static Norm singular(double[] w, int rows, int columns, Seed seed) {
    int side = Math.min(rows, columns);
    if (side <= DENSE) {
      double[] values = DenseSymmetric.of(side, gram(w, rows, columns)).eigenvalues();
      return new Norm(Math.log(Math.max(0, Arrays.stream(values).max().orElse(0))) / 2, 0, true);
    }
    LanczosResult found =
        Lanczos.withDefaults()
            .withTolerance(1e-8)
            .withEnds(End.LARGEST)
            .run(SymmetricOperator.of(side, x -> gramProduct(w, rows, columns, x)), seed);
    return new Norm(
        Math.log(found.largest().value()) / 2,
        Math.max(Double.MIN_NORMAL, found.largest().residual()),
        found.status() == Status.CONVERGED);
  }

  /** W Wᵀ, or WᵀW where there are fewer columns. */
  private static double[] gram(double[] w, int rows, int columns) {
    int side = Math.min(rows, columns);
    double[] gram = new double[side * side];
    for (int i = 0; i < side; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        if (rows <= columns) {
          for (int k = 0; k < columns; k++) {
            sum += w[i * columns + k] * w[j * columns + k];
          }
        } else {
          for (int k = 0; k < rows; k++) {
            sum += w[k * columns + i] * w[k * columns + j];
          }
        }
        gram[i * side + j] = sum;
        gram[j * side + i] = sum;
      }
    }
    return gram;
  }

  private static double[] gramProduct(double[] w, int rows, int columns, double[] x) {
    return rows <= columns
        ? left(w, rows, columns, right(w, rows, columns, x))
        : right(w, rows, columns, left(w, rows, columns, x));
  }

  /** W x. */
  private static double[] left(double[] w, int rows, int columns, double[] x) {
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        y[i] += w[i * columns + k] * x[k];
      }
    }
    return y;
  }

  /** Wᵀ x. */
  private static double[] right(double[] w, int rows, int columns, double[] x) {
    double[] y = new double[columns];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < columns; k++) {
        y[k] += w[i * columns + k] * x[i];
      }
    }
    return y;
  }
}
