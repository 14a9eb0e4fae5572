package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Interval;
import dev.flatness.measure.Outcome;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a {@link TraceEstimator} gathers, block by block. */
abstract class TraceRun {
  /** Where the rest of a vector counts as 0, relative to the largest column. */
  private static final double BREAKDOWN = 1e-13;

  final SymmetricOperator operator;
  final int n;
  final Seed seed;
  private int products;

  TraceRun(SymmetricOperator operator, Seed seed) {
    this.operator = operator;
    this.n = operator.dimension();
    this.seed = seed;
  }

  final int products() {
    return products;
  }

  /** Multiplies a block. */
  final double[][] multiply(List<double[]> vectors) {
    double[][] images = new double[vectors.size()][n];
    if (!vectors.isEmpty()) {
      operator.apply(vectors.toArray(double[][]::new), images);
    }
    products += images.length;
    return images;
  }

  /** How many further vectors this many products allow. */
  abstract int vectors(int left);

  /** Takes a block of a number of vectors. */
  abstract void advance(int width);

  /** Whether there is a standard error. */
  abstract boolean enough();

  /** Whether more vectors can add nothing. */
  abstract boolean complete();

  final Outcome mean(double[] samples) {
    return Outcome.mean(samples, "probes").withProducts(products);
  }

  /** How many samples the standard error is made of. */
  abstract int samples();

  /** The estimate so far: value, standard error and products. */
  abstract Outcome sample();

  /**
   * Orthogonalizes against a basis, three rounds of classical Gram–Schmidt; returns the
   * coefficients, the last of them the norm of the rest, and divides by it unless it is 0 relative
   * to a scale.
   */
  static double[] orthogonalise(double[] x, List<double[]> basis, double scale) {
    double[] r = new double[basis.size() + 1];
    double[] now = new double[basis.size()];
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < now.length; i++) {
        now[i] = Vectors.dot(basis.get(i), x);
      }
      for (int i = 0; i < now.length; i++) {
        Vectors.addMultiple(-now[i], basis.get(i), x);
        r[i] += now[i];
      }
      if (round == 1) {
        r[now.length] = Vectors.norm(x);
        if (r[now.length] <= BREAKDOWN * scale) {
          r[now.length] = 0;
          return r;
        }
        Vectors.divide(x, r[now.length]);
      }
    }
    Vectors.divide(x, Vectors.norm(x));
    return r;
  }

  /** Hutchinson's probes in the complement of a sketch of the range, which may be empty. */
  static final class Deflated extends TraceRun {
    private final List<double[]> basis = new ArrayList<>();
    private double held;
    private double[] samples = new double[0];

    Deflated(SymmetricOperator operator, Seed seed, int sketch, int block) {
      super(operator, seed);
      double largest = 0;
      for (int first = 0; first < Math.min(sketch, n); first += block) {
        List<double[]> columns = new ArrayList<>();
        for (int i = first; i < Math.min(first + block, Math.min(sketch, n)); i++) {
          double[] s = new double[n];
          Vectors.signs(s, seed.split("sketch").split(i));
          columns.add(s);
        }
        List<double[]> fresh = new ArrayList<>();
        for (double[] image : multiply(columns)) {
          largest = Math.max(largest, Vectors.norm(image));
          double[] r = orthogonalise(image, basis, largest);
          if (r[basis.size()] > 0) {
            basis.add(image);
            fresh.add(image);
          }
        }
        double[][] again = multiply(fresh);
        for (int i = 0; i < again.length; i++) {
          held += Vectors.dot(fresh.get(i), again[i]);
        }
      }
    }

    @Override
    int vectors(int left) {
      return left;
    }

    @Override
    void advance(int width) {
      List<double[]> probes = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        double[] z = new double[n];
        Vectors.signs(z, seed.split(samples.length + i));
        for (double[] q : basis) {
          Vectors.addMultiple(-Vectors.dot(q, z), q, z);
        }
        probes.add(z);
      }
      double[][] images = multiply(probes);
      double[] more = Arrays.copyOf(samples, samples.length + width);
      for (int i = 0; i < width; i++) {
        more[samples.length + i] = held + Vectors.dot(probes.get(i), images[i]);
      }
      samples = more;
    }

    @Override
    int samples() {
      return samples.length;
    }

    @Override
    boolean enough() {
      return samples.length > 1;
    }

    @Override
    boolean complete() {
      return enough() && basis.size() == n;
    }

    @Override
    Outcome sample() {
      return mean(samples);
    }
  }

  /**
   * XTrace: with Y = AΩ = QR and s_i the normalized i-th column of R⁻ᵀ, the range of Y without its
   * i-th column is that of Q less s_i, so every leave-one-out estimate is made of small matrices.
   */
  static final class LeaveOneOut extends TraceRun {
    private final List<double[]> basis = new ArrayList<>();

    /** Columns of R, and the vectors of Ω. */
    private final List<double[]> r = new ArrayList<>();

    private final List<double[]> omega = new ArrayList<>();

    /** Qᵀω_i, as far as it was made. */
    private final List<double[]> overlaps = new ArrayList<>();

    /** QᵀAQ: row i up to its diagonal, made when the i-th basis vector was multiplied. */
    private final List<double[]> gram = new ArrayList<>();

    /** ω_iᵀ A ω_i. */
    private final List<Double> quadratic = new ArrayList<>();

    private double largest;
    private boolean spanned;

    LeaveOneOut(SymmetricOperator operator, Seed seed) {
      super(operator, seed);
    }

    @Override
    int vectors(int left) {
      return Math.min(left / 2, n - omega.size());
    }

    @Override
    void advance(int width) {
      List<double[]> block = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        block.add(Vectors.gaussian(n, seed.split(omega.size() + i)));
      }
      double[][] y = multiply(block);
      List<double[]> fresh = new ArrayList<>();
      for (int i = 0; i < width && !spanned; i++) {
        largest = Math.max(largest, Vectors.norm(y[i]));
        double product = Vectors.dot(block.get(i), y[i]);
        double[] column = orthogonalise(y[i], basis, largest);
        if (column[basis.size()] == 0) {
          spanned = true;
        } else {
          basis.add(y[i]);
          fresh.add(y[i]);
          r.add(column);
          omega.add(block.get(i));
          overlaps.add(new double[0]);
          quadratic.add(product);
        }
      }
      for (double[] image : multiply(fresh)) {
        double[] row = new double[gram.size() + 1];
        for (int j = 0; j < row.length; j++) {
          row[j] = Vectors.dot(basis.get(j), image);
        }
        gram.add(row);
      }
    }

    @Override
    int samples() {
      return basis.size();
    }

    @Override
    boolean enough() {
      return basis.size() > 1 || spanned;
    }

    @Override
    boolean complete() {
      return spanned || basis.size() == n;
    }

    @Override
    Outcome sample() {
      int m = basis.size();
      double[][] h = new double[m][m];
      double trace = 0;
      for (int i = 0; i < m; i++) {
        for (int j = 0; j <= i; j++) {
          h[i][j] = gram.get(i)[j];
          h[j][i] = h[i][j];
        }
        trace += h[i][i];
      }
      if (complete()) {
        // The range is spanned: nothing is left to sample but rounding.
        return mean(new double[] {trace}).withStandardError(BREAKDOWN * largest * Math.sqrt(m));
      }
      for (int i = 0; i < m; i++) {
        double[] made = overlaps.get(i);
        double[] all = Arrays.copyOf(made, m);
        for (int k = made.length; k < m; k++) {
          all[k] = Vectors.dot(basis.get(k), omega.get(i));
        }
        overlaps.set(i, all);
      }
      double[] estimates = new double[m];
      for (int i = 0; i < m; i++) {
        estimates[i] = leaveOut(i, h, trace);
      }
      // Each pair of vectors shares a product, so they are not independent: of a flat spectrum the
      // variance of their mean is (n − 1)/(n − m) of what independent ones would have, and its
      // estimate has about a third of their degrees of freedom.
      Outcome mean = mean(estimates);
      double error = mean.standardError().orElse(0) * Math.sqrt((n - 1.0) / (n - m));
      return m < 2
          ? mean
          : mean.withStandardError(error, Interval.student(mean.value(), error, m / 3.0));
    }

    private double leaveOut(int i, double[][] h, double trace) {
      int m = basis.size();
      double[] s = leftOut(i);
      double[] x = overlaps.get(i).clone();
      Vectors.addMultiple(-Vectors.dot(s, x), s, x);
      double cross = 0;
      for (int k = 0; k <= i; k++) {
        cross += x[k] * r.get(i)[k];
      }
      // ω − Qx is uniform in direction on the complement: its length carries no information.
      double square = Vectors.dot(omega.get(i), omega.get(i)) - Vectors.dot(x, x);
      double rest = quadratic.get(i) - 2 * cross + form(h, x);
      return trace - form(h, s) + (n - m + 1) * rest / square;
    }

    /**
     * The unit vector along the i-th column of R⁻ᵀ: orthogonal to all columns of R but the i-th.
     */
    private double[] leftOut(int i) {
      int m = basis.size();
      double[] s = new double[m];
      for (int k = i; k < m; k++) {
        double sum = k == i ? 1 : 0;
        for (int j = i; j < k; j++) {
          sum -= r.get(k)[j] * s[j];
        }
        s[k] = sum / r.get(k)[k];
      }
      Vectors.divide(s, Vectors.norm(s));
      return s;
    }

    private static double form(double[][] h, double[] x) {
      double sum = 0;
      for (int k = 0; k < x.length; k++) {
        sum += x[k] * Vectors.dot(h[k], x);
      }
      return sum;
    }
  }
}
