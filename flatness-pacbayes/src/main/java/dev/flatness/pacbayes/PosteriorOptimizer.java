package dev.flatness.pacbayes;

import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Minimises a PAC-Bayes bound over the mean and the scales of a diagonal Gaussian.
 *
 * <p>Formula: f(q̃(μ, σ), (KL(N(μ, diag σ²)‖P) + ln (2√n/δ))/n) by Adam in μ and ln σ over
 * minibatches, q̃ a {@link Surrogate} of the error and f a {@link TrainingBound}; the rates fall
 * along half a cosine. Chains of dense layers take weights of its own for every sample, by local
 * reparameterization; other networks one draw of the weights a minibatch.
 *
 * <p>The result bounds nothing by itself: its risk is drawn afresh, see {@link
 * LocalReparameterization}.
 *
 * <p>Cost of an epoch: six products a layer for chains of dense layers, three passes otherwise, and
 * some twenty operations a parameter and step. Memory: 14 numbers a parameter, the activations of a
 * minibatch, and for chains in float32 the inputs. Deterministic: the same seed gives the same bits
 * on any number of threads. Errors: values out of range are refused at the call that brings them.
 *
 * <p>Source: Dziugaite and Roy 2017; Pérez-Ortiz et al. 2021;
 * docs/mathematics.md#optimised-posterior.
 *
 * @param epochs passes over the data
 * @param batchSize samples a step
 * @param meanRate the rate of μ; a step moves an entry by about as much
 * @param scaleRate the rate of ln σ, at most 0.25
 * @param momentum the share of the running mean of gradients that a step keeps, in [0, 1)
 * @param bound the bound that is minimised
 * @param surrogate the risk in it
 * @param minimumProbability p_min of the clipped surrogate, in (0, 1)
 * @param options precision, threads and provider
 * @param file where the state is written after each epoch, or null; where it exists, the run goes
 *     on from it
 * @param monitor receives progress updates; may stop before a step
 */
public record PosteriorOptimizer(
    int epochs,
    int batchSize,
    double meanRate,
    double scaleRate,
    double momentum,
    TrainingBound bound,
    Surrogate surrogate,
    double minimumProbability,
    SurfaceOptions options,
    @Nullable Path file,
    Monitor monitor) {
  private static final double MOST_SCALE_RATE = 0.25;

  /**
   * Checks the ranges.
   *
   * @param epochs passes over the data
   * @param batchSize samples a step
   * @param meanRate the rate of μ; a step moves an entry by about as much
   * @param scaleRate the rate of ln σ, at most 0.25
   * @param momentum the share of the running mean of gradients that a step keeps, in [0, 1)
   * @param bound the bound that is minimised
   * @param surrogate the risk in it
   * @param minimumProbability p_min of the clipped surrogate, in (0, 1)
   * @param options precision, threads and provider
   * @param file where the state is written after each epoch, or null; where it exists, the run goes
   *     on from it
   * @param monitor receives progress updates; may stop before a step
   */
  public PosteriorOptimizer {
    require(epochs >= 0, "number of epochs", epochs, "at least 0");
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(
        meanRate >= 0 && Double.isFinite(meanRate), "rate of the means", meanRate, "at least 0");
    require(
        scaleRate >= 0 && scaleRate <= MOST_SCALE_RATE,
        "rate of the scales",
        scaleRate,
        "from 0 to " + MOST_SCALE_RATE);
    require(momentum >= 0 && momentum < 1, "momentum", momentum, "at least 0 and below 1");
    LocalReparameterization.requireProbability(minimumProbability);
  }

  private static void require(boolean holds, String what, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("the " + what + " is " + value + ", expected " + expected);
    }
  }

  /**
   * Returns the defaults.
   *
   * @return 20 epochs of minibatches of 256, rates 0.002 of the means and 0.02 of the scales,
   *     momentum 0.9, the quadratic bound of the clipped loss with p_min = 1e-5, float32
   */
  public static PosteriorOptimizer withDefaults() {
    return new PosteriorOptimizer(
        20,
        256,
        2e-3,
        2e-2,
        0.9,
        TrainingBound.QUADRATIC,
        Surrogate.CLIPPED,
        1e-5,
        SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT32),
        null,
        Monitor.NONE);
  }

  /**
   * Returns this optimizer with another number of epochs.
   *
   * @param count passes over the data
   * @return the changed copy
   */
  public PosteriorOptimizer withEpochs(int count) {
    return new PosteriorOptimizer(
        count,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another batch size.
   *
   * @param samples samples a step
   * @return the changed copy
   */
  public PosteriorOptimizer withBatchSize(int samples) {
    return new PosteriorOptimizer(
        epochs,
        samples,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another rate of the means.
   *
   * @param rate the rate of μ; a step moves an entry by about as much
   * @return the changed copy
   */
  public PosteriorOptimizer withMeanRate(double rate) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        rate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another rate of the scales.
   *
   * @param rate the rate of ln σ, at most 0.25
   * @return the changed copy
   */
  public PosteriorOptimizer withScaleRate(double rate) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        rate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another momentum.
   *
   * @param share the share of the running mean of gradients that a step keeps, in [0, 1)
   * @return the changed copy
   */
  public PosteriorOptimizer withMomentum(double share) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        share,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another bound.
   *
   * @param minimised the bound that is minimised
   * @return the changed copy
   */
  public PosteriorOptimizer withBound(TrainingBound minimised) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        minimised,
        surrogate,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another surrogate.
   *
   * @param risk the risk in it
   * @return the changed copy
   */
  public PosteriorOptimizer withSurrogate(Surrogate risk) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        risk,
        minimumProbability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another smallest probability.
   *
   * @param probability p_min of the clipped surrogate, in (0, 1)
   * @return the changed copy
   */
  public PosteriorOptimizer withMinimumProbability(double probability) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        probability,
        options,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with other options of evaluation.
   *
   * @param how precision, threads and provider
   * @return the changed copy
   */
  public PosteriorOptimizer withOptions(SurfaceOptions how) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        how,
        file,
        monitor);
  }

  /**
   * Returns this optimizer with another file of its state.
   *
   * @param path where the state is written after each epoch, or null; where it exists, the run goes
   *     on from it
   * @return the changed copy
   */
  public PosteriorOptimizer withFile(@Nullable Path path) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        path,
        monitor);
  }

  /**
   * Returns this optimizer with another monitor.
   *
   * @param updates receives progress updates; may stop before a step
   * @return the changed copy
   */
  public PosteriorOptimizer withMonitor(Monitor updates) {
    return new PosteriorOptimizer(
        epochs,
        batchSize,
        meanRate,
        scaleRate,
        momentum,
        bound,
        surrogate,
        minimumProbability,
        options,
        file,
        updates);
  }

  /**
   * Optimises.
   *
   * @param problem network, prior, data, loss and δ
   * @param start where the posterior starts; the prior is a good place
   * @param seed the root of the order of the samples and of the noise
   * @return the posterior with its history
   * @throws IllegalArgumentException if the parts do not fit, the surrogate does not fit the
   *     network, or the file is damaged or holds the state of another run, naming what differs
   * @throws java.io.UncheckedIOException if the file cannot be read or written
   */
  public OptimizedPosterior optimize(PosteriorProblem problem, DiagonalGaussian start, Seed seed) {
    PosteriorProblem.requireDimension("start", start, problem.network());
    return new PosteriorRun(this, problem, start, seed).run();
  }
}
