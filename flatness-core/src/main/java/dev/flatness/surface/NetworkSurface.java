package dev.flatness.surface;

import dev.flatness.data.Dataset;
import dev.flatness.internal.engine.Engine;
import dev.flatness.internal.engine.EngineOptions;
import dev.flatness.internal.engine.InputSpread;
import dev.flatness.linalg.Gemm;
import dev.flatness.linalg.Gemms;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.Loss;
import dev.flatness.loss.Losses;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Precision;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mean loss of a network over a dataset as a function of its parameters, with exact curvature
 * products.
 *
 * <p>Formula: L(θ) = (1/n) Σ_i ℓ(f_θ(x_i), y_i); Hessian products by forward-over-reverse
 * differentiation.
 *
 * <p>Cost, in passes of the network over the data: value 1, gradient 3, a Hessian product 6 per
 * direction and 2 shared by a block, closed forms 1 + 2K for K factor columns. Memory: threads ×
 * chunk × activations, independent of the number of samples but for the caches of inputs and, where
 * the options allow it, of activations. Deterministic: chunks and the order of every sum are
 * functions of the network, precision, block width and batch size alone. Used from one thread at a
 * time.
 */
public final class NetworkSurface implements LossSurface {
  private final Network network;
  private final Dataset dataset;
  private final Loss loss;
  private final SurfaceOptions options;
  private final Gemm gemm;
  private final Engine engine;
  private final BooleanSupplier stop;

  /**
   * Of a surface in float32 the same in float64, of all points on it, made when first asked for.
   */
  private final Twin twin;

  private NetworkSurface(Network network, Dataset dataset, Loss loss, SurfaceOptions options) {
    this.dataset = Objects.requireNonNull(dataset, "dataset");
    this.loss = Objects.requireNonNull(loss, "loss");
    this.network = Losses.fit(Objects.requireNonNull(network, "network"), loss);
    this.options = Objects.requireNonNull(options, "options");
    if (dataset.size() < 1) {
      throw new IllegalArgumentException(
          "dataset " + dataset.name() + " has no samples, expected at least 1");
    }
    if (!dataset.inputShape().equals(network.inputShape())) {
      throw new IllegalArgumentException(
          "inputs of "
              + dataset.name()
              + " have shape "
              + dataset.inputShape()
              + ", but the network reads "
              + network.inputShape());
    }
    if (network.parameterCount() == 0) {
      throw new IllegalArgumentException(
          "the network has no parameters, so its loss surface is a point; expected at least one"
              + " layer with a weight or a bias");
    }
    loss.check(dataset, this.network.output().shape().size());
    this.gemm = options.gemm().equals("auto") ? Gemms.best() : Gemms.byId(options.gemm());
    EngineOptions engineOptions =
        new EngineOptions(
            options.precision(),
            options.threads(),
            options.batchSize(),
            options.cacheBytes(),
            options.activationBytes(),
            options.memoryBytes(),
            gemm,
            0);
    this.engine =
        options.precision() == Precision.FLOAT64
            ? new dev.flatness.internal.engine64.NetworkEngine(
                this.network, dataset, loss, engineOptions)
            : new dev.flatness.internal.engine32.NetworkEngine(
                this.network, dataset, loss, engineOptions);
    this.twin = new Twin();
    this.stop = () -> false;
  }

  private static final class Twin {
    private @Nullable NetworkSurface surface;
  }

  /**
   * Makes a surface with default options.
   *
   * @param network the network
   * @param dataset the data
   * @param loss the loss
   * @return the surface
   * @throws IllegalArgumentException if shapes or targets do not fit
   */
  public static NetworkSurface of(Network network, Dataset dataset, Loss loss) {
    return new NetworkSurface(network, dataset, loss, SurfaceOptions.withDefaults());
  }

  /**
   * Makes a surface.
   *
   * @param network the network
   * @param dataset the data
   * @param loss the loss
   * @param options how to evaluate
   * @return the surface
   * @throws IllegalArgumentException if shapes or targets do not fit
   */
  public static NetworkSurface of(
      Network network, Dataset dataset, Loss loss, SurfaceOptions options) {
    return new NetworkSurface(network, dataset, loss, options);
  }

  private NetworkSurface(NetworkSurface other, Network network, BooleanSupplier stop) {
    this.network = network;
    this.stop = stop;
    this.dataset = other.dataset;
    this.loss = other.loss;
    this.options = other.options;
    this.gemm = other.gemm;
    this.engine = other.engine;
    this.twin = other.twin;
  }

  /**
   * Returns the same surface with another point on it as the network's own.
   *
   * <p>Cost: none; both work with the same memory, so they are used from one thread together.
   *
   * @param other a network of the same graph with other parameters
   * @return the changed copy
   * @throws IllegalArgumentException if the graph is another
   */
  public NetworkSurface at(Network other) {
    Network fitted = Losses.fit(other, loss);
    if (!fitted.nodes().equals(network.nodes())
        || !fitted.parameters().equals(network.parameters())) {
      throw new IllegalArgumentException(
          "network "
              + other
              + " has another graph than "
              + network
              + "; make a surface of its own for it");
    }
    return new NetworkSurface(this, fitted, stop);
  }

  /**
   * Returns the same surface with a condition that ends its passes, for instance a deadline.
   *
   * <p>Cost: none; both work with the same memory, so they are used from one thread together.
   *
   * <p>Errors: a pass in which the condition holds throws a {@link PassStoppedException}; it ends
   * within the time of one chunk of samples.
   *
   * @param condition asked on the calling thread between its chunks, so it must be cheap
   * @return the changed copy
   */
  public NetworkSurface stoppingWhen(BooleanSupplier condition) {
    return new NetworkSurface(this, network, Objects.requireNonNull(condition, "condition"));
  }

  /** The engine, told when this surface's passes end. */
  private Engine engine() {
    engine.until(stop);
    return engine;
  }

  /**
   * Returns the network that the loss reads.
   *
   * @return the network at the parameters it came with, without an activation at its end that is
   *     part of the loss
   */
  public Network network() {
    return network;
  }

  /**
   * Returns the data.
   *
   * @return the dataset
   */
  public Dataset dataset() {
    return dataset;
  }

  /**
   * Returns the loss.
   *
   * @return the per-sample loss
   */
  public Loss loss() {
    return loss;
  }

  /**
   * Returns the options.
   *
   * @return how the surface is evaluated
   */
  public SurfaceOptions options() {
    return options;
  }

  /**
   * Returns which matrix products are used, for provenance.
   *
   * @return the provider's name
   */
  public String provider() {
    return gemm.name();
  }

  @Override
  public int dimension() {
    return network.parameterCount();
  }

  /**
   * Returns this surface in float64; the parameters are those of this network, only the arithmetic
   * is another.
   *
   * <p>Cost: a pass in float64 takes up to twice the time and the buffers of one in float32. The
   * surface in float64 is made once. It keeps converted inputs of its own, at most as many bytes as
   * the options allow, and no activations.
   *
   * @return the same surface in float64; this one, if it is in float64
   */
  @Override
  public NetworkSurface inDouble() {
    if (options.precision() == Precision.FLOAT64) {
      return this;
    }
    if (twin.surface == null) {
      SurfaceOptions fine = options.withPrecision(Precision.FLOAT64).withActivationBytes(0);
      twin.surface = new NetworkSurface(network, dataset, loss, fine);
    }
    return new NetworkSurface(twin.surface, network, stop);
  }

  /**
   * Evaluates loss and accuracy.
   *
   * @param theta θ
   * @return both
   */
  public Evaluation evaluate(double[] theta) {
    return engine().evaluate(checked(theta));
  }

  /**
   * Evaluates the network's outputs.
   *
   * @param theta θ
   * @param first the first sample
   * @param count how many samples
   * @return row-major [count, outputs]
   */
  public double[] outputs(double[] theta, int first, int count) {
    Objects.checkFromIndexSize(first, count, dataset.size());
    return engine().outputs(checked(theta), first, count);
  }

  @Override
  public double value(double[] theta) {
    return evaluate(theta).loss();
  }

  @Override
  public double valueAndGradient(double[] theta, double[] gradient) {
    if (gradient.length != dimension()) {
      throw new IllegalArgumentException(
          "gradient has " + gradient.length + " entries, expected " + dimension());
    }
    return engine().gradient(checked(theta), gradient).value();
  }

  /**
   * Evaluates the closed forms of all layers in one sweep.
   *
   * @param theta θ
   * @return traces, diagonal, ρ and relative flatness, exact to rounding
   * @throws IllegalStateException if the network is not piecewise linear
   */
  public ClosedForms closedForms(double[] theta) {
    requirePiecewiseLinear();
    return forms(checked(theta), parameterNodes(), true);
  }

  /**
   * Evaluates the closed forms of some layers; nothing below the lowest of them is pulled back.
   *
   * @param theta θ
   * @param layers dense or convolutional layers
   * @param normalized whether the normalized relative flatness is wanted, which costs another pass
   *     forward; else it is NaN
   * @return what {@link #closedForms(double[])} returns of these layers; the diagonal is 0
   *     elsewhere
   * @throws IllegalStateException if the network is not piecewise linear
   */
  public ClosedForms closedForms(double[] theta, List<Node> layers, boolean normalized) {
    if (!network.weightLayers().containsAll(layers)) {
      throw new IllegalArgumentException(
          "layers are " + layers + ", expected dense or convolutional layers of " + network);
    }
    requirePiecewiseLinear();
    return forms(checked(theta), layers, normalized);
  }

  /** The spread of the inputs, where it is wanted, is a pass of its own before the sweep. */
  private ClosedForms forms(double[] theta, List<Node> layers, boolean normalized) {
    List<Node> spreading =
        options.inputsAreFeatures()
            ? layers
            : layers.stream().filter(layer -> !network.readsInput(layer)).toList();
    InputSpread spread = normalized ? engine().inputSpread(theta, spreading) : InputSpread.none();
    return engine().closedForms(theta, layers, spread).value();
  }

  private List<Node> parameterNodes() {
    return network.nodes().stream().filter(node -> node.weight() >= 0 || node.bias() >= 0).toList();
  }

  private void requirePiecewiseLinear() {
    if (!network.piecewiseLinear()) {
      throw new IllegalStateException(
          "closed forms need a piecewise-linear network without shared weights;"
              + " use an estimator");
    }
  }

  /**
   * Evaluates the diagonal of the Gauss–Newton matrix in one sweep of K backward passes.
   *
   * <p>Formula: G_ii = mean Σ_k (∂⟨a_k, f⟩/∂θ_i)² with the columns a_k of the loss's factor; for a
   * piecewise-linear network the diagonal of the Hessian.
   *
   * @param theta θ
   * @return the diagonal, exact to rounding, never negative
   * @throws IllegalStateException if layers share weights
   */
  public double[] gaussNewtonDiagonal(double[] theta) {
    return gaussNewtonForms(theta).diagonal();
  }

  /**
   * Evaluates the closed forms of the Gauss–Newton matrix, of any network without shared weights.
   *
   * @param theta θ
   * @return traces, diagonal, ρ and relative flatness of the Gauss–Newton matrix, exact to
   *     rounding; the normalized relative flatness is NaN
   * @throws IllegalStateException if layers share weights
   */
  public ClosedForms gaussNewtonForms(double[] theta) {
    if (network.sharesParameters()) {
      throw new IllegalStateException(
          "the diagonal in one sweep needs a network without shared weights; use products");
    }
    return forms(checked(theta), parameterNodes(), false);
  }

  /**
   * Multiplies each layer's own Hessian block, in its weight alone, all layers in one sweep over
   * the data.
   *
   * @param theta θ
   * @param layers dense or convolutional layers
   * @param vectors one vector per layer, in its weight's layout
   * @param products receives one product per layer
   */
  public void layerProducts(
      double[] theta, List<Node> layers, double[][] vectors, double[][] products) {
    engine().layerProducts(checked(theta), layers, vectors, products, false);
  }

  /**
   * Multiplies the own Hessian block of each row of each layer's weight, the weights that enter one
   * unit, all rows of all layers in one sweep over the data.
   *
   * <p>Formula: H_ss v_s = mean Σ_k b_{k,s} ⟨b_{k,s}, v_s⟩ for each row s. Cost: K backward passes.
   *
   * @param theta θ
   * @param layers dense or convolutional layers
   * @param vectors one vector per layer, in its weight's layout
   * @param products receives one product per layer
   * @throws IllegalStateException if the network is not piecewise linear
   */
  public void rowProducts(
      double[] theta, List<Node> layers, double[][] vectors, double[][] products) {
    if (!network.piecewiseLinear()) {
      throw new IllegalStateException(
          "products of all rows at once need a piecewise-linear network without shared weights;"
              + " use products of the layer");
    }
    engine().layerProducts(checked(theta), layers, vectors, products, true);
  }

  /**
   * Returns vᵀ H v of the Hessian for directions with few non-zero entries.
   *
   * <p>Formula: mean of ẏᵀ ∇²ℓ ẏ + ⟨∂ℓ/∂y, ÿ⟩, the outputs' first and second derivatives along v.
   *
   * <p>Units: loss times the direction's unit squared. Cost: one forward and one backward pass for
   * all directions, and per direction a forward pass over what it reaches: the channels a weight
   * feeds in its own layer, everything from the next layer on. A product takes six passes. Memory:
   * that of a product.
   *
   * @param theta the parameters
   * @param positions per direction the positions of its non-zero entries in θ, ascending
   * @param values per direction the entries
   * @return vᵀ H v per direction
   * @throws IllegalArgumentException if positions are not ascending or outside θ, or the lengths
   *     differ
   */
  public double[] quadraticForms(double[] theta, int[][] positions, double[][] values) {
    requireDirections(positions, values);
    return positions.length == 0
        ? new double[0]
        : engine().quadraticForms(checked(theta), positions, values, false).value();
  }

  /**
   * Returns vᵀ (H − G) v, what the Hessian has beyond the Gauss–Newton matrix G, for directions
   * with few non-zero entries.
   *
   * <p>Formula: mean of ⟨∂ℓ/∂y, ÿ⟩, ÿ the outputs' second derivative along v. Small where the data
   * are fitted, and 0 in the weights of one layer of a piecewise-linear network: what is exact for
   * G is nearly all, and this is left to be sampled. Units, cost and errors: as {@link
   * #quadraticForms}.
   *
   * @param theta the parameters
   * @param positions per direction the positions of its non-zero entries in θ, ascending
   * @param values per direction the entries
   * @return vᵀ (H − G) v per direction
   */
  public double[] residualForms(double[] theta, int[][] positions, double[][] values) {
    requireDirections(positions, values);
    return positions.length == 0
        ? new double[0]
        : engine().quadraticForms(checked(theta), positions, values, true).value();
  }

  private void requireDirections(int[][] positions, double[][] values) {
    if (positions.length != values.length) {
      throw new IllegalArgumentException(
          "there are positions of "
              + positions.length
              + " directions, but values of "
              + values.length);
    }
    for (int i = 0; i < positions.length; i++) {
      if (positions[i].length != values[i].length) {
        throw new IllegalArgumentException(
            "direction "
                + i
                + " has "
                + positions[i].length
                + " positions, but "
                + values[i].length
                + " values");
      }
      int before = -1;
      for (int position : positions[i]) {
        if (position <= before || position >= dimension()) {
          throw new IllegalArgumentException(
              "direction "
                  + i
                  + " has position "
                  + position
                  + " after "
                  + before
                  + "; positions must ascend and be below "
                  + dimension());
        }
        before = position;
      }
    }
  }

  @Override
  public SymmetricOperator curvature(Curvature kind, double[] theta, ParameterSet parameters) {
    double[] at = checked(theta).clone();
    parameters.requireWithin(dimension());
    if (kind.draws() > 0) {
      // Refuses a loss without a distribution here, not in the middle of a product.
      loss.draw(
          new double[network.output().shape().size()],
          kind.labels(0).generator(),
          new double[dataset.targetSize()]);
    }
    boolean[] active = new boolean[network.parameters().size()];
    for (Parameter parameter : network.parameters()) {
      active[parameter.index()] = parameters.meets(parameter);
    }
    return new CurvatureOperator(this::engine, kind, at, active, parameters);
  }

  private double[] checked(double[] theta) {
    if (theta.length != dimension()) {
      throw new IllegalArgumentException(
          "parameter vector has " + theta.length + " entries, expected " + dimension());
    }
    return theta;
  }
}
