package dev.flatness.spectral;

import dev.flatness.measure.Interval;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * The spectral density of a symmetric operator as Gauss quadratures, one a probe.
 *
 * <p>Formula: φ(t) = (1/n) Σ_i δ(t − λ_i) ≈ mean over probes of Σ_j w_j δ(t − θ_j), Σ_j w_j = 1;
 * every integral ∫ f dφ = Tr f(A) / n is the mean of Σ_j w_j f(θ_j). Its standard error is that of
 * N probes that are uniform on the sphere, √((2 / (n + 2)) (∫ f² dφ − (∫ f dφ)²) / N), or that of
 * the sample where the probes differ by more; the 95 % interval is the former times Student's t of
 * 2N degrees of freedom. Five probes' own deviation would be too small by chance too often. A
 * quadrature of k nodes integrates polynomials up to degree 2k − 1 as its probe sees them. A number
 * that is infinite or not a number has neither, and the status overflow.
 *
 * <p>Units: eigenvalues on the axis, shares of the dimension as mass. Cost of every view: O(probes
 * · steps) a point.
 *
 * <p>Source: Golub and Welsch 1969; Ubaru, Chen and Saad 2017; Ghorbani et al. 2019. Immutable.
 *
 * @param dimension n
 * @param quadratures nodes and weights, one a probe
 * @param products how many products were used
 * @param status estimated, or not converged if a probe was cut short
 * @param reason why it ended, a clause
 */
public record SpectralDensity(
    int dimension, List<Quadrature> quadratures, int products, Status status, String reason) {

  /** Where 97.5 % of a normal law lie below. */
  private static final double NORMAL = 1.959963984540054;

  /** What its numbers call their method. */
  public static final String METHOD = "stochastic-lanczos";

  /**
   * One probe's quadrature.
   *
   * @param nodes θ_j, ascending
   * @param weights w_j, not negative, of sum 1
   */
  public record Quadrature(double[] nodes, double[] weights) {
    /**
     * Copies both.
     *
     * @param nodes θ_j, ascending
     * @param weights w_j, not negative, of sum 1
     */
    public Quadrature {
      nodes = nodes.clone();
      weights = weights.clone();
    }

    /**
     * Returns the nodes.
     *
     * @return a copy of θ
     */
    @Override
    public double[] nodes() {
      return nodes.clone();
    }

    /**
     * Returns the weights.
     *
     * @return a copy of w
     */
    @Override
    public double[] weights() {
      return weights.clone();
    }

    private int negative() {
      int count = 0;
      while (count < nodes.length && nodes[count] < 0) {
        count++;
      }
      return count;
    }

    /** The weights below 0, of a number of nodes more. */
    double massBelow(int more) {
      double sum = 0;
      for (int j = 0; j < Math.min(nodes.length, negative() + more); j++) {
        sum += weights[j];
      }
      return sum;
    }

    double resolutionAtZero() {
      int right = negative();
      double left = right == 0 ? 0 : -nodes[right - 1];
      return right == nodes.length ? left : Math.max(left, nodes[right]);
    }

    double integral(DoubleUnaryOperator f) {
      double sum = 0;
      for (int j = 0; j < nodes.length; j++) {
        sum += weights[j] * f.applyAsDouble(nodes[j]);
      }
      return sum;
    }
  }

  /**
   * The density smoothed on a grid.
   *
   * @param points the grid
   * @param values the mean over probes at its points
   * @param standardErrors of the means
   */
  public record Curve(double[] points, double[] values, double[] standardErrors) {
    /**
     * Copies the arrays.
     *
     * @param points the grid
     * @param values the mean over probes at its points
     * @param standardErrors of the means
     */
    public Curve {
      points = points.clone();
      values = values.clone();
      standardErrors = standardErrors.clone();
    }

    /**
     * Returns the grid.
     *
     * @return a copy
     */
    @Override
    public double[] points() {
      return points.clone();
    }

    /**
     * Returns the means.
     *
     * @return a copy
     */
    @Override
    public double[] values() {
      return values.clone();
    }

    /**
     * Returns the standard errors.
     *
     * @return a copy
     */
    @Override
    public double[] standardErrors() {
      return standardErrors.clone();
    }
  }

  /**
   * Copies the list.
   *
   * @param dimension n
   * @param quadratures nodes and weights, one a probe
   * @param products how many products were used
   * @param status estimated, or not converged if a probe was cut short
   * @param reason why it ended, a clause
   */
  public SpectralDensity {
    quadratures = List.copyOf(quadratures);
    if (quadratures.isEmpty()) {
      throw new IllegalArgumentException(
          "a spectral density has no quadratures, expected at least 1");
    }
  }

  /**
   * Integrates a function against the density.
   *
   * @param function f
   * @return ∫ f dφ = Tr f(A) / n with its standard error over probes
   */
  public Outcome integral(DoubleUnaryOperator function) {
    return mean(1, quadrature -> quadrature.integral(function), function, true);
  }

  /**
   * Returns a moment.
   *
   * @param order k
   * @return ∫ t^k dφ = Tr A^k / n with its standard error
   * @throws IllegalArgumentException if the order is negative
   */
  public Outcome moment(int order) {
    if (order < 0) {
      throw new IllegalArgumentException(
          "the order of a moment is " + order + ", expected at least 0");
    }
    return integral(t -> Math.pow(t, order));
  }

  /**
   * Returns the trace.
   *
   * @return Tr A = n · first moment, with its standard error
   */
  public Outcome trace() {
    return mean(dimension, quadrature -> dimension * quadrature.integral(t -> t), t -> t, false);
  }

  /**
   * Returns the Frobenius norm.
   *
   * <p>Formula: ‖A‖_F = √(n · second moment) (1 + c²/8), c the relative standard error of the
   * square: the root of a mean is too small by c²/8 on average. The interval is that of the
   * logarithm of the square, √square · exp(± 0.98 c). The squares are taken of nodes over a power
   * of 2 near the largest, so that none leaves the range of doubles.
   *
   * @return ‖A‖_F with its standard error by the delta method
   */
  public Outcome frobeniusNorm() {
    double most = Math.max(Math.abs(smallestNode()), Math.abs(largestNode()));
    int exponent = Math.max(Double.MIN_EXPONENT, Math.min(Math.getExponent(most), 1023));
    double unit = Math.scalb(1.0, exponent);
    DoubleUnaryOperator squared = t -> (t / unit) * (t / unit);
    Outcome square = mean(dimension, each -> dimension * each.integral(squared), squared, false);
    double root = Math.sqrt(square.value());
    if (square.interval().isEmpty() || !Double.isFinite(root * unit)) {
      return overflow(root * unit);
    }
    double error = square.standardError().orElse(0);
    double relative = root == 0 ? 0 : error / square.value();
    double reach = StrictMath.exp(NORMAL / 2 * relative);
    return square
        .withValue(root * (1 + relative * relative / 8))
        .withStandardError(root * relative / 2, new Interval(root / reach, root * reach))
        .times(unit);
  }

  /**
   * Returns the share of eigenvalues below a value.
   *
   * @param below t
   * @return the mass left of t, with its standard error
   */
  public Outcome massBelow(double below) {
    return integral(t -> t < below ? 1 : 0);
  }

  /**
   * Bounds of a share.
   *
   * @param lower with its standard error over probes
   * @param upper with its standard error over probes
   */
  public record Bounds(Outcome lower, Outcome upper) {}

  /**
   * Returns the share of negative eigenvalues, as far as the quadratures tell: a node between 0 and
   * its neighbors may stand for eigenvalues on either side.
   *
   * <p>Formula: with θ_i &lt; 0 ≤ θ_{i+1} a probe's mass below 0 lies between Σ_{j&lt;i} w_j and
   * Σ_{j≤i+1} w_j (Chebyshev, Markov and Stieltjes). More steps bring the two together.
   *
   * @return both bounds
   */
  public Bounds negativeMass() {
    return new Bounds(share(q -> q.massBelow(-1)), share(q -> q.massBelow(1)));
  }

  /**
   * Returns the resolution of the quadratures near 0.
   *
   * @return the largest magnitude, over the probes, of the nodes on either side of 0
   */
  public double resolutionAtZero() {
    return quadratures.stream().mapToDouble(Quadrature::resolutionAtZero).max().orElseThrow();
  }

  /**
   * Returns the smallest node of all probes: an upper bound of the smallest eigenvalue.
   *
   * @return min θ
   */
  public double smallestNode() {
    return quadratures.stream().mapToDouble(q -> q.nodes[0]).min().orElseThrow();
  }

  /**
   * Returns the largest node of all probes: a lower bound of the largest eigenvalue.
   *
   * @return max θ
   */
  public double largestNode() {
    return quadratures.stream().mapToDouble(q -> q.nodes[q.nodes.length - 1]).max().orElseThrow();
  }

  /**
   * Smooths the density by a Gaussian kernel. The kernel affects only this curve, not the
   * quadratures.
   *
   * <p>Formula: φ_s(t) = Σ_j w_j N(t; θ_j, s²); integrates to 1 over the whole axis.
   *
   * @param points the grid
   * @param width the kernel's standard deviation s, in the unit of the eigenvalues
   * @return the curve with its standard errors over probes
   * @throws IllegalArgumentException if the width is not positive
   */
  public Curve smoothed(double[] points, double width) {
    if (!(width > 0 && Double.isFinite(width))) {
      throw new IllegalArgumentException(
          "the width of the kernel is " + width + ", expected a positive number");
    }
    double scale = 1 / (width * Math.sqrt(2 * Math.PI));
    double[] values = new double[points.length];
    double[] errors = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      double at = points[i];
      Outcome value =
          integral(t -> scale * Math.exp(-0.5 * ((at - t) / width) * ((at - t) / width)));
      values[i] = value.value();
      errors[i] = value.standardError().orElse(Double.NaN);
    }
    return new Curve(points, values, errors);
  }

  /**
   * Returns the shares of eigenvalues in intervals: a histogram that needs no kernel.
   *
   * @param edges ascending; interval i is [e_i, e_{i+1}), the last one closed
   * @return one share an interval, with its standard error
   * @throws IllegalArgumentException if there are fewer than two edges or they do not ascend
   */
  public List<Outcome> histogram(double[] edges) {
    if (edges.length < 2) {
      throw new IllegalArgumentException(
          "a histogram has " + edges.length + " edges, expected at least 2");
    }
    for (int i = 1; i < edges.length; i++) {
      if (!(edges[i] > edges[i - 1])) {
        throw new IllegalArgumentException(
            "edge " + i + " is " + edges[i] + ", expected more than " + edges[i - 1]);
      }
    }
    Outcome[] shares = new Outcome[edges.length - 1];
    for (int i = 0; i < shares.length; i++) {
      double from = edges[i];
      double to = edges[i + 1];
      boolean last = i == shares.length - 1;
      shares[i] = integral(t -> t >= from && (t < to || (last && t == to)) ? 1 : 0);
    }
    return Arrays.asList(shares);
  }

  /** A share of the eigenvalues: f is 0 or 1, so that f² is f. */
  private Outcome share(ToDoubleFunction<Quadrature> f) {
    double share = quadratures.stream().mapToDouble(f).average().orElseThrow();
    return mean(1, f, share * (1 - share), true);
  }

  /** The mean over probes of a multiple of ∫ f dφ. */
  private Outcome mean(
      double factor, ToDoubleFunction<Quadrature> f, DoubleUnaryOperator of, boolean rough) {
    double largest = 0;
    for (Quadrature quadrature : quadratures) {
      largest =
          Math.max(
              largest, Arrays.stream(quadrature.nodes).map(of).map(Math::abs).max().orElseThrow());
    }
    if (largest == 0) {
      return mean(factor, f, 0, rough);
    }
    double scale = largest;
    double first = 0;
    double second = 0;
    for (Quadrature quadrature : quadratures) {
      first += quadrature.integral(t -> of.applyAsDouble(t) / scale) / quadratures.size();
      second += quadrature.integral(t -> Math.pow(of.applyAsDouble(t) / scale, 2));
    }
    double variance = Math.max(0, second / quadratures.size() - first * first);
    return mean(factor * scale, f, variance, rough);
  }

  /**
   * The same, given ∫ f² dφ − (∫ f dφ)². Where f is rough, quadratures differ by more than their
   * probes, and the error is at least that of the sample.
   */
  private Outcome mean(
      double factor, ToDoubleFunction<Quadrature> f, double variance, boolean rough) {
    Outcome mean = Outcome.mean(quadratures.stream().mapToDouble(f).toArray(), METHOD);
    int n = quadratures.size();
    double sphere = factor * Math.sqrt(2 * variance / (dimension + 2.0) / n);
    double error = rough ? Math.max(sphere, mean.standardError().orElse(0)) : sphere;
    if (!Double.isFinite(mean.value()) || !Double.isFinite(error)) {
      return overflow(mean.value());
    }
    return mean.withStandardError(error, Interval.student(mean.value(), error, 2.0 * n))
        .withStatus(status)
        .withProducts(products)
        .because(reason);
  }

  private Outcome overflow(double value) {
    return Outcome.of(value, METHOD, Status.OVERFLOW)
        .withProducts(products)
        .because("the number or its standard error leaves the range of doubles");
  }
}
