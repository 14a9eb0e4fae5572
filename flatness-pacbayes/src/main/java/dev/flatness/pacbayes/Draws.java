package dev.flatness.pacbayes;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;

/** The risk of parameters drawn from a Gaussian, each draw evaluated on all samples. */
final class Draws {
  private final NetworkSurface surface;
  private final Space space;
  private final Risk risk;
  private final Monitor monitor;

  Draws(NetworkSurface surface, Space space, Risk risk, Monitor monitor) {
    this.surface = surface.stoppingWhen(monitor::stopped);
    this.space = space;
    this.risk = risk;
    this.monitor = monitor;
  }

  /** A mean over draws, which may be fewer than were asked for. */
  record Mean(double value, long draws) {}

  /** The mean risk of some draws; the same seed draws the same directions. */
  Mean mean(DiagonalGaussian gaussian, int draws, Seed seed, String task) {
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
    if (done == 0) {
      throw new PassStoppedException(
          monitor.whyStopped()
              + " before one draw of the risk was made; allow a longer time (--time-limit), or take"
              + " fewer samples (--limit)");
    }
    monitor.update(task, done, done);
    return new Mean(sum / done, done);
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
