package dev.flatness.pacbayes;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Shape;
import java.util.random.RandomGenerator;

/**
 * The risk of any network at one draw of its weights for a minibatch, θ = μ + σ∘ε: the gradient in
 * μ is g = ∇L(θ), that in σ is g∘ε.
 */
final class DrawnRiskGradient implements RiskGradient {
  private final Batch full;
  private final Batch rest;
  private final NetworkSurface fullSurface;
  private final NetworkSurface restSurface;
  private final double[] theta;
  private final double[] draw;

  DrawnRiskGradient(
      Network network, Dataset data, SurrogateRisk surrogate, int batch, SurfaceOptions options) {
    SurfaceOptions step = options.withBatchSize(0).withCacheBytes(0);
    Loss loss = new SurrogateLoss(surrogate);
    int tail = data.size() % batch;
    this.full = new Batch(data, batch);
    this.rest = tail == 0 ? full : new Batch(data, tail);
    this.fullSurface = NetworkSurface.of(network, full, loss, step);
    this.restSurface = rest == full ? fullSurface : NetworkSurface.of(network, rest, loss, step);
    this.theta = new double[network.parameterCount()];
    this.draw = new double[theta.length];
  }

  @Override
  public double evaluate(
      double[] mean,
      double[] sigma,
      int[] order,
      int from,
      int count,
      Seed noise,
      double[] meanGradient,
      double[] sigmaGradient) {
    RandomGenerator random = noise.split(from).generator();
    for (int i = 0; i < theta.length; i++) {
      draw[i] = random.nextGaussian();
      theta[i] = mean[i] + sigma[i] * draw[i];
    }
    boolean whole = count == full.size();
    (whole ? full : rest).moveTo(order, from);
    double risk = (whole ? fullSurface : restSurface).valueAndGradient(theta, meanGradient);
    for (int i = 0; i < theta.length; i++) {
      sigmaGradient[i] = meanGradient[i] * draw[i];
    }
    return risk;
  }

  /** A window of fixed length onto the samples in some order; read while it stands still. */
  private static final class Batch implements Dataset {
    private final Dataset data;
    private final int length;
    private int[] order = new int[0];
    private int from;

    Batch(Dataset data, int length) {
      this.data = data;
      this.length = length;
    }

    void moveTo(int[] positions, int first) {
      order = positions;
      from = first;
    }

    @Override
    public int size() {
      return length;
    }

    @Override
    public Shape inputShape() {
      return data.inputShape();
    }

    @Override
    public TargetKind targetKind() {
      return data.targetKind();
    }

    @Override
    public int targetSize() {
      return data.targetSize();
    }

    @Override
    public void read(int first, int count, double[] inputs, double[] targets) {
      int features = inputShape().size();
      double[] x = new double[features];
      double[] y = new double[targetSize()];
      for (int i = 0; i < count; i++) {
        int place = from + first + i;
        data.read(order.length == 0 ? first + i : order[place], 1, x, y);
        System.arraycopy(x, 0, inputs, i * features, features);
        System.arraycopy(y, 0, targets, i * y.length, y.length);
      }
    }

    @Override
    public String name() {
      return data.name();
    }
  }

  /** A surrogate as the loss of a surface; only value and gradient are asked for. */
  private record SurrogateLoss(SurrogateRisk surrogate) implements Loss {
    @Override
    public String id() {
      return surrogate.loss().id();
    }

    @Override
    public double value(double[] outputs, double[] target) {
      return surrogate.value(outputs, target);
    }

    @Override
    public void gradient(double[] outputs, double[] target, double[] gradient) {
      surrogate.gradient(outputs, target, gradient);
    }

    @Override
    public void hessianProduct(
        double[] outputs, double[] target, double[] vector, double[] product) {
      throw new UnsupportedOperationException("a surrogate has no second derivative");
    }

    @Override
    public void check(Dataset dataset, int outputs) {
      // The whole dataset was checked before.
    }
  }
}
