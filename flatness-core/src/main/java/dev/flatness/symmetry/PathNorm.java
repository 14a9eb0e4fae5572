package dev.flatness.symmetry;

import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * The ℓp path norm of a network: the p-norm of the vector of all products of weights along paths to
 * an output.
 *
 * <p>Formula: (Σ_paths Π_e |θ_e|^p)^{1/p}, found by one forward pass of |θ|^p on an input of ones.
 * Biases, shifts and added constants are edges from a constant source. Average pooling weighs
 * 1/k^p, skips and every activation (a leaky ReLU's slope too) count as 1; max-pooling takes the
 * maximum over its window, or the sum over it on request.
 *
 * <p>Units: those of a product of weights. Cost: one forward pass of one sample in float64; where
 * powers leave the range of doubles, a second one on logarithms. Errors: none for a network; a
 * value too large for a double has the status {@code overflow} and the detail {@code logValue}.
 * Immutable. Source: Neyshabur 2015; docs/mathematics.md#path-norms.
 */
public final class PathNorm extends AbstractMeasure {
  private static final PathNorm DEFAULTS = new PathNorm(2, false, false);

  private final int exponent;
  private final boolean sumOverMaxPooling;
  private final boolean plainAveragePooling;

  private PathNorm(int exponent, boolean sumOverMaxPooling, boolean plainAveragePooling) {
    super(
        "path-norm-" + exponent,
        exponent + "-norm of the products along all paths",
        Invariance.NEURON_WISE,
        "Neyshabur et al. 2015",
        Scope.NETWORK);
    this.exponent = exponent;
    this.sumOverMaxPooling = sumOverMaxPooling;
    this.plainAveragePooling = plainAveragePooling;
  }

  /**
   * Returns the ℓ2 path norm (Neyshabur 2015, path-SGD) with the maximum over max-pooling windows.
   *
   * @return the measure
   */
  public static PathNorm withDefaults() {
    return DEFAULTS;
  }

  /**
   * Returns a copy with another p.
   *
   * @param p at least 1
   * @return the changed copy
   */
  public PathNorm withExponent(int p) {
    if (p < 1) {
      throw new IllegalArgumentException(
          "exponent of the path norm is " + p + ", expected at least 1");
    }
    return new PathNorm(p, sumOverMaxPooling, plainAveragePooling);
  }

  /**
   * Returns a copy that sums over the windows of max-poolings: every path through a window counts.
   *
   * @param sum whether to sum; else the largest entry counts
   * @return the changed copy
   */
  public PathNorm withSumOverMaxPooling(boolean sum) {
    return new PathNorm(exponent, sum, plainAveragePooling);
  }

  /**
   * Returns a copy that weighs average poolings 1/k as the network does, whatever p: a forward pass
   * of |θ|^p through the unchanged network, as some published code has it. Else the weight is
   * 1/k^p, for a path's value includes its 1/k.
   *
   * @param plain whether to average plainly; for p = 1 there is no difference
   * @return the changed copy
   */
  public PathNorm withPlainAveragePooling(boolean plain) {
    return new PathNorm(exponent, sumOverMaxPooling, plain);
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    return List.of(of(subject.network()));
  }

  /**
   * Measures a network.
   *
   * @param network the network
   * @return its path norm
   */
  public Estimate of(Network network) {
    OptionalDouble direct = pass(network, PathArithmetic.plain(exponent)).total();
    double logarithm;
    double value;
    if (direct.isPresent()) {
      logarithm = Math.log(direct.getAsDouble()) / exponent;
      value = exponent == 1 ? direct.getAsDouble() : root(direct.getAsDouble());
    } else {
      PathPass pass = pass(network, PathArithmetic.logarithmic(exponent));
      logarithm = pass.total().orElseThrow() / exponent;
      value = Math.exp(logarithm);
    }
    boolean overflow = Double.isInfinite(value);
    Estimate estimate =
        network(
            overflow
                ? Outcome.of(Double.NaN, Outcome.EXACT, Status.OVERFLOW)
                    .because("the value is too large for a double")
                : Outcome.exact(value));
    if (overflow) {
      estimate = estimate.withDetail("logValue", logarithm);
    }
    if (network.nodes().stream().anyMatch(node -> node.layer() instanceof Layer.MaxPool)) {
      estimate = estimate.withDetail("maxPooling", sumOverMaxPooling ? "sum" : "maximum");
    }
    if (plainAveragePooling
        && network.nodes().stream().anyMatch(node -> node.layer() instanceof Layer.AveragePool)) {
      estimate = estimate.withDetail("averagePooling", "plain");
    }
    if (network.nodes().stream().anyMatch(node -> isSmooth(node.layer()))) {
      estimate = estimate.withDetail("smoothActivations", "counted as 1");
    }
    return estimate;
  }

  private PathPass pass(Network network, PathArithmetic arithmetic) {
    return new PathPass(network, arithmetic, sumOverMaxPooling, plainAveragePooling);
  }

  private double root(double sum) {
    return exponent == 2 ? Math.sqrt(sum) : Math.pow(sum, 1.0 / exponent);
  }

  private static boolean isSmooth(Layer layer) {
    return !layer.piecewiseLinear();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && sumOverMaxPooling == ((PathNorm) other).sumOverMaxPooling
        && plainAveragePooling == ((PathNorm) other).plainAveragePooling;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), sumOverMaxPooling, plainAveragePooling);
  }

  @Override
  public String toString() {
    return id()
        + (sumOverMaxPooling ? " with the sum over max-pooling" : "")
        + (plainAveragePooling ? " with plain average pooling" : "");
  }
}
