package dev.flatness.pacbayes;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;

/**
 * The risk of parameters drawn from a Gaussian: each sample with weights of its own where the
 * network is a chain of dense layers, else each draw evaluated on all samples.
 */
final class Draws {
  /** Clips a loss that is not used here. */
  private static final double MINIMUM_PROBABILITY = 1e-5;

  private final NetworkSurface surface;
  private final Space space;
  private final Risk risk;
  private final Monitor monitor;
  private final boolean local;

  /**
   * Prepares the draws.
   *
   * @param surface the network on the samples with its own loss
   */
  Draws(NetworkSurface surface, Space space, Risk risk, Monitor monitor) {
    NetworkSurface evaluated =
        risk.isZeroOne()
            ? surface
            : NetworkSurface.of(
                surface.network(),
                surface.dataset(),
                risk.evaluated(surface.loss()),
                surface.options());
    this.surface = evaluated.stoppingWhen(monitor::stopped);
    this.space = space;
    this.risk = risk;
    this.monitor = monitor;
    this.local = space.isWeights() && local(surface.network(), risk);
  }

  /** Whether each sample can be given weights of its own. */
  static boolean local(Network network, Risk risk) {
    return risk.isZeroOne() && LocalReparameterization.refusal(network).isEmpty();
  }

  /** A mean over draws, which may be fewer than were asked for. */
  record Mean(double value, long draws) {}

  /** How many draws take as long as some draws that are evaluated on all samples. */
  int passes(int count) {
    return local
        ? (int) Math.min(Integer.MAX_VALUE, (long) count * surface.dataset().size())
        : count;
  }

  /** The mean risk of some draws or more; the same seed draws the same directions. */
  Mean mean(DiagonalGaussian gaussian, int draws, Seed seed, String task) {
    return local ? eachSample(gaussian, draws, seed, task) : whole(gaussian, draws, seed, task);
  }

  private Mean eachSample(DiagonalGaussian gaussian, int draws, Seed seed, String task) {
    int samples = surface.dataset().size();
    int passes = (draws + samples - 1) / samples;
    long made = 0;
    long wrong = 0;
    for (int pass = 0; pass < passes && !(made > 0 && monitor.stopped()); pass++) {
      monitor.update(task, pass, passes);
      LocalReparameterization.Drawn drawn;
      try {
        drawn =
            LocalReparameterization.draw(
                surface.network(),
                gaussian,
                surface.dataset(),
                surface.loss(),
                MINIMUM_PROBABILITY,
                1,
                seed.split(pass),
                surface.options(),
                monitor.as(task));
      } catch (PassStoppedException late) {
        break;
      }
      made += drawn.draws();
      wrong += drawn.wrong();
    }
    requireOne(made);
    return new Mean((double) wrong / made, made);
  }

  private Mean whole(DiagonalGaussian gaussian, int draws, Seed seed, String task) {
    double[] mean = gaussian.mean();
    double[] sigma = gaussian.sigma();
    double sum = 0;
    int done = 0;
    for (; done < draws; done++) {
      monitor.update(task, done, draws);
      if (monitor.stopped()) {
        break;
      }
      double[] point = Vectors.gaussian(mean.length, seed.split(done));
      for (int i = 0; i < point.length; i++) {
        point[i] = mean[i] + sigma[i] * point[i];
      }
      try {
        sum += at(point);
      } catch (PassStoppedException late) {
        break;
      }
    }
    requireOne(done);
    monitor.update(task, done, done);
    return new Mean(sum / done, done);
  }

  private void requireOne(long done) {
    if (done == 0) {
      throw new PassStoppedException(
          monitor.whyStopped()
              + " before one draw of the risk was made; allow a longer time (--time-limit), or take"
              + " fewer samples (--limit)");
    }
  }

  /** The risk at one point; 1 where the parameters are not finite. */
  double at(double[] point) {
    double[] theta = space.parametersAt(point);
    for (double each : theta) {
      if (!Double.isFinite(each)) {
        return 1;
      }
    }
    return risk.of(surface.evaluate(theta));
  }
}
