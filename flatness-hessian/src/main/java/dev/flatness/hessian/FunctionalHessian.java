package dev.flatness.hessian;

import dev.flatness.measure.Facts;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.surface.PassStoppedException;
import java.util.Arrays;

/**
 * Quadratic numbers of the Hessian H of a smooth network in two parts: that of the Gauss–Newton
 * matrix G, which one sweep of K backward passes gives exactly, and the mean of vᵀ(H − G)v over
 * random vectors, which is small where the data are fitted.
 */
final class FunctionalHessian {
  static final int PROBES = 32;
  static final String METHOD = "gauss-newton and probes";
  private static final int BLOCK = 8;

  private FunctionalHessian() {}

  /** Whether there are closed forms of G: no weight serves two layers, and the loss is convex. */
  static boolean splits(Subject subject) {
    return subject.get(Facts.CLOSED_FORMS_REFUSED).isEmpty();
  }

  /** Draws the i-th random vector. */
  interface Draw {
    void vector(int i, double[] into);
  }

  /** The mean over random vectors of all parameters. */
  static Outcome mean(Subject subject, Draw draw) {
    double[] theta = subject.theta();
    int[] all = new int[theta.length];
    Arrays.setAll(all, i -> i);
    double[] samples = new double[PROBES];
    int done = 0;
    while (done < PROBES && (done == 0 || !subject.monitor().stopped())) {
      int[][] positions = new int[BLOCK][];
      double[][] vectors = new double[BLOCK][theta.length];
      for (int i = 0; i < BLOCK; i++) {
        positions[i] = all;
        draw.vector(done + i, vectors[i]);
      }
      double[] forms;
      try {
        forms = subject.surface().residualForms(theta, positions, vectors);
      } catch (PassStoppedException late) {
        if (done == 0) {
          throw late;
        }
        break;
      }
      System.arraycopy(forms, 0, samples, done, BLOCK);
      done += BLOCK;
      subject.monitor().update("random probes", done, PROBES);
    }
    return Outcome.mean(Arrays.copyOf(samples, done), METHOD).withProducts(done);
  }

  /** A number of both parts. */
  static Outcome number(double exact, Outcome rest, Monitor monitor) {
    int done = (int) rest.products().orElseThrow();
    return rest.withValue(done == 0 ? Double.NaN : exact + rest.value())
        .withMethod(METHOD)
        .withStatus(done == PROBES ? Status.ESTIMATED : Status.NOT_CONVERGED)
        .because(monitor.ending(done, PROBES, "probes"));
  }
}
