package dev.flatness.hessian;

import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.spectral.Sampled;
import dev.flatness.surface.ClosedForms;
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

  /** Whether there are closed forms of G: no weight serves two layers. */
  static boolean splits(Subject subject) {
    return !subject.network().sharesParameters();
  }

  static ClosedForms forms(Subject subject) {
    return subject.share(
        "gauss-newton-forms",
        ClosedForms.class,
        () -> subject.surface().gaussNewtonForms(subject.theta()));
  }

  /** Draws the i-th random vector. */
  interface Draw {
    void vector(int i, double[] into);
  }

  /** The mean over random vectors of all parameters. */
  static Sampled mean(Subject subject, Draw draw) {
    double[] theta = subject.theta();
    int[] all = new int[theta.length];
    Arrays.setAll(all, i -> i);
    double[] samples = new double[PROBES];
    int done = 0;
    while (done < PROBES && (done == 0 || !subject.timeIsUp())) {
      int[][] positions = new int[BLOCK][];
      double[][] vectors = new double[BLOCK][theta.length];
      for (int i = 0; i < BLOCK; i++) {
        positions[i] = all;
        draw.vector(done + i, vectors[i]);
      }
      double[] forms = subject.surface().residualForms(theta, positions, vectors);
      System.arraycopy(forms, 0, samples, done, BLOCK);
      done += BLOCK;
      subject.progress().update("random probes", done, PROBES);
    }
    return Sampled.mean(Arrays.copyOf(samples, done), done);
  }

  /** A number of both parts. */
  static LayerNumber number(Node layer, double exact, Sampled rest) {
    int products = rest.products();
    return new LayerNumber(
        layer,
        products == 0 ? Double.NaN : exact + rest.value(),
        METHOD,
        products == PROBES ? Status.ESTIMATED : Status.NOT_CONVERGED,
        rest.standardError(),
        Double.NaN,
        products,
        Sampled.ending(products, PROBES, "probes"));
  }
}
