package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.random.Seed;
import java.util.LinkedHashMap;
import java.util.Map;

/** Operators whose spectrum is known because it was prescribed. */
public final class Spectra {
  /** Stops whatever it watches at the first question. */
  public static final Monitor LATE = stoppedAfter(0);

  /** Stops what it watches after some questions. */
  public static Monitor stoppedAfter(int questions) {
    int[] asked = {0};
    return new Monitor() {
      @Override
      public void update(String task, long done, long total) {}

      @Override
      public boolean stopped() {
        return ++asked[0] > questions;
      }
    };
  }

  private Spectra() {}

  /** Q Λ Qᵀ with Q a product of three random reflections, in its factored form. */
  public static SymmetricOperator withEigenvalues(double... eigenvalues) {
    int n = eigenvalues.length;
    double[][] mirrors = new double[3][];
    for (int i = 0; i < mirrors.length; i++) {
      mirrors[i] = Vectors.gaussian(n, Seed.of(1000 + n).split(i));
      Vectors.divide(mirrors[i], Vectors.norm(mirrors[i]));
    }
    return SymmetricOperator.of(
        n,
        x -> {
          double[] y = x.clone();
          for (int i = 0; i < mirrors.length; i++) {
            Vectors.addMultiple(-2 * Vectors.dot(mirrors[i], y), mirrors[i], y);
          }
          for (int i = 0; i < n; i++) {
            y[i] *= eigenvalues[i];
          }
          for (int i = mirrors.length - 1; i >= 0; i--) {
            Vectors.addMultiple(-2 * Vectors.dot(mirrors[i], y), mirrors[i], y);
          }
          return y;
        });
  }

  /** What makes solvers and estimators stumble, by name. */
  public static Map<String, double[]> prescribed(int n) {
    Map<String, double[]> spectra = new LinkedHashMap<>();
    double[] clustered = new double[n];
    double[] repeated = new double[n];
    for (int i = 0; i < n; i++) {
      clustered[i] = (i % 3) - 0.5 + 1e-9 * i / n;
      repeated[i] = i < 4 ? 10 : i < n / 2 ? 1 : -0.25;
    }
    double[] one = new double[n];
    one[n / 3] = 5;
    spectra.put("clustered", clustered);
    spectra.put("repeated", repeated);
    spectra.put("zero", new double[n]);
    spectra.put("indefinite", evenly(n, -1.5, 2));
    spectra.put("condition 1e12", logarithmically(n, 1e-12, 1));
    spectra.put("rank one", one);
    return spectra;
  }

  /** A dense symmetric matrix of independent normal entries. */
  public static DenseSymmetric gaussian(int n, long seed) {
    double[] a = Vectors.gaussian(n * n, Seed.of(seed));
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        a[i * n + j] = a[j * n + i];
      }
    }
    return DenseSymmetric.of(n, a);
  }

  public static double[] evenly(int n, double from, double to) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = n == 1 ? from : from + (to - from) * i / (n - 1);
    }
    return values;
  }

  public static double[] logarithmically(int n, double from, double to) {
    double[] values = evenly(n, Math.log(from), Math.log(to));
    for (int i = 0; i < n; i++) {
      values[i] = Math.exp(values[i]);
    }
    return values;
  }
}
