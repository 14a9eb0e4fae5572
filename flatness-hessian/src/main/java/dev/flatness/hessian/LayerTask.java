package dev.flatness.hessian;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.network.Layer;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A sequence of vectors for one layer's Hessian and what is made of their products. */
abstract class LayerTask {
  /** Set where the task is made. */
  @SuppressWarnings("NullAway.Init")
  Node layer;

  Monitor monitor = Monitor.NONE;
  int products;

  /** How many products, or quadratic forms where it is exact, it wants. */
  abstract int budget();

  /** Whether the forms of its vectors give the number without any sampling. */
  abstract boolean exact();

  /** The i-th vector, into an array of zeros. */
  abstract void vector(int i, double[] vector);

  /** The i-th product. */
  abstract void accept(int i, double[] vector, double[] product);

  /** The i-th quadratic form, where no product is made. */
  abstract void acceptForm(int i, double form);

  /** The layer's number from the products so far. */
  abstract LayerOutcome total();

  /** A number with how it ended; one that is exact needs no reason. */
  final Outcome ended(Outcome number) {
    boolean whole = products == budget();
    Status status = !whole ? Status.NOT_CONVERGED : exact() ? Status.EXACT : Status.ESTIMATED;
    Outcome found = number.withStatus(status).withProducts(products);
    return status == Status.EXACT
        ? found
        : found.because(monitor.ending(products, budget(), exact() ? "products" : "probes"));
  }

  /**
   * The mean of a quadratic form over random vectors: of the layer's Hessian, or where its
   * Gauss–Newton part is known of the rest.
   */
  abstract static class Mean extends LayerTask {
    private double[] samples = new double[LayerProbes.BUDGET];
    private double known = Double.NaN;
    private boolean exact;

    /** Names the part that is known. */
    Mean beyond(double part) {
      known = part;
      return this;
    }

    /** How many quadratic forms give the number exactly. */
    abstract int exactForms();

    /** The i-th vector of those. */
    abstract void exactVector(int i, double[] vector);

    /** The i-th random vector. */
    abstract void randomVector(int i, double[] vector);

    /** Asks for the exact forms. */
    Mean exactly() {
      exact = true;
      samples = new double[exactForms()];
      return this;
    }

    @Override
    final boolean exact() {
      return exact;
    }

    @Override
    final int budget() {
      return samples.length;
    }

    @Override
    final void vector(int i, double[] vector) {
      if (exact) {
        exactVector(i, vector);
      } else {
        randomVector(i, vector);
      }
    }

    @Override
    final void acceptForm(int i, double form) {
      samples[i] = form;
    }

    @Override
    void accept(int i, double[] vector, double[] product) {
      samples[i] = Vectors.dot(vector, product);
    }

    @Override
    LayerOutcome total() {
      if (exact) {
        boolean whole = products == budget();
        double sum = whole ? Arrays.stream(samples).sum() : Double.NaN;
        return new LayerOutcome(layer, ended(Outcome.of(sum, "products", Status.EXACT)));
      }
      Outcome mean =
          Outcome.mean(LayerProbes.first(samples, products), "probes").withProducts(products);
      return new LayerOutcome(
          layer,
          Double.isNaN(known)
              ? ended(mean.withValue(products == 0 ? Double.NaN : mean.value()))
              : FunctionalHessian.number(known, mean, monitor));
    }
  }

  /** Tr H = E[zᵀHz]. */
  static final class Trace extends Mean {
    private final int size;
    private final Seed seed;

    Trace(int size, Seed seed) {
      this.size = size;
      this.seed = seed;
    }

    @Override
    int exactForms() {
      return size;
    }

    @Override
    void exactVector(int i, double[] vector) {
      vector[i] = 1;
    }

    @Override
    void randomVector(int i, double[] vector) {
      Vectors.signs(vector, seed.split(i));
    }
  }

  /**
   * κ_Tr = E[vec(CΞ)ᵀ H vec(CΞ)] for any C with C Cᵀ = W Wᵀ: W itself, or the square root of the
   * Gram matrix where W has more columns than rows; exactly Σ_kt of the forms of c_k e_tᵀ. Groups
   * of a convolution have their own C and Ξ.
   */
  static final class RelativeFlatness extends Mean {
    private final NeuronIndex.Geometry geometry;
    private final double[][][] factors;
    private final Seed seed;

    RelativeFlatness(Layer layer, double[] weight, Seed seed) {
      this.geometry = NeuronIndex.Geometry.of(layer);
      this.seed = seed;
      this.factors = new double[geometry.groups()][][];
      int rows = geometry.rowsPerGroup();
      int length = geometry.rowLength();
      for (int group = 0; group < factors.length; group++) {
        double[][] w = new double[rows][length];
        for (int row = 0; row < rows; row++) {
          System.arraycopy(weight, (group * rows + row) * length, w[row], 0, length);
        }
        factors[group] = length <= rows ? w : gramRoot(w);
      }
    }

    private static double[][] gramRoot(double[][] w) {
      double largest = 0;
      for (double[] row : w) {
        for (double entry : row) {
          largest = Math.max(largest, Math.abs(entry));
        }
      }
      if (largest > 1e-100 && largest < 1e100) {
        return gramRootInRange(w);
      }
      // Squares leave the range of doubles: a power of two changes no digit.
      int exponent = largest == 0 ? 0 : Math.getExponent(largest);
      double[][] root = gramRootInRange(scaled(w, -exponent));
      return scaled(root, exponent);
    }

    private static double[][] scaled(double[][] w, int exponent) {
      double[][] result = new double[w.length][];
      for (int s = 0; s < w.length; s++) {
        result[s] = Arrays.stream(w[s]).map(entry -> Math.scalb(entry, exponent)).toArray();
      }
      return result;
    }

    private static double[][] gramRootInRange(double[][] w) {
      int rows = w.length;
      double[] gram = new double[rows * rows];
      for (int s = 0; s < rows; s++) {
        for (int t = 0; t <= s; t++) {
          gram[s * rows + t] = Vectors.dot(w[s], w[t]);
          gram[t * rows + s] = gram[s * rows + t];
        }
      }
      SymmetricEigen eigen = SymmetricEigen.of(rows, gram);
      double[][] root = new double[rows][rows];
      for (int k = 0; k < rows; k++) {
        double scale = Math.sqrt(Math.max(0, eigen.values()[k]));
        for (int s = 0; s < rows; s++) {
          root[s][k] = scale * eigen.vectors()[k][s];
        }
      }
      return root;
    }

    @Override
    int exactForms() {
      return factors.length * factors[0][0].length * geometry.rowLength();
    }

    @Override
    void exactVector(int i, double[] vector) {
      int rows = geometry.rowsPerGroup();
      int length = geometry.rowLength();
      int columns = factors[0][0].length;
      int group = i / (columns * length);
      int k = i / length % columns;
      for (int row = 0; row < rows; row++) {
        vector[(group * rows + row) * length + i % length] = factors[group][row][k];
      }
    }

    @Override
    void randomVector(int i, double[] vector) {
      int rows = geometry.rowsPerGroup();
      int length = geometry.rowLength();
      double[] signs = new double[length];
      for (int group = 0; group < factors.length; group++) {
        double[][] factor = factors[group];
        for (int k = 0; k < factor[0].length; k++) {
          Vectors.signs(signs, seed.split(i).split(group).split(k));
          for (int row = 0; row < rows; row++) {
            int at = (group * rows + row) * length;
            double c = factor[row][k];
            for (int t = 0; t < length; t++) {
              vector[at + t] += c * signs[t];
            }
          }
        }
      }
    }
  }

  /**
   * ρ_j = w_jᵀ H_jj w_j for all neurons j: by one quadratic form each in small networks and while
   * the budget lasts that long, else the mean of ε_j w_jᵀ (H z)_j with z = Σ_j ε_j w_j for
   * independent signs ε, which is unbiased.
   */
  static final class Neurons extends LayerTask {
    private final NeuronIndex owners;
    private final double[] weight;
    private final Seed seed;
    private final boolean exact;
    private final double[][] samples;
    private final double[] totals;

    Neurons(NeuronIndex owners, double[] weight, Seed seed, boolean small) {
      this.owners = owners;
      this.weight = weight;
      this.seed = seed;
      this.exact = small || owners.count() <= LayerProbes.BUDGET;
      this.samples = new double[owners.count()][exact ? 1 : LayerProbes.BUDGET];
      this.totals = new double[LayerProbes.BUDGET];
    }

    @Override
    int budget() {
      return exact ? owners.count() : LayerProbes.BUDGET;
    }

    @Override
    boolean exact() {
      return exact;
    }

    @Override
    void acceptForm(int i, double form) {
      samples[i][0] = form;
    }

    @Override
    void vector(int i, double[] vector) {
      double[] signs = signs(i);
      for (int e = 0; e < vector.length; e++) {
        vector[e] = signs[owners.owner()[e]] * weight[e];
      }
    }

    private double[] signs(int i) {
      double[] signs = new double[owners.count()];
      if (exact) {
        signs[i] = 1;
      } else {
        Vectors.signs(signs, seed.split(i));
      }
      return signs;
    }

    @Override
    void accept(int i, double[] vector, double[] product) {
      for (int e = 0; e < vector.length; e++) {
        samples[owners.owner()[e]][i] += vector[e] * product[e];
      }
      totals[i] = Vectors.dot(vector, product);
    }

    boolean complete() {
      return exact ? products == budget() : products > 0;
    }

    /** One value a neuron; NaN where time was up before. */
    double[] values() {
      double[] values = new double[owners.count()];
      for (int j = 0; j < values.length; j++) {
        values[j] = !complete() ? Double.NaN : exact ? samples[j][0] : mean(samples[j]).value();
      }
      return values;
    }

    /** One standard error a neuron, or null where the values are exact. */
    double @Nullable [] standardErrors() {
      if (exact || products < 2) {
        return null;
      }
      double[] errors = new double[owners.count()];
      for (int j = 0; j < errors.length; j++) {
        errors[j] = mean(samples[j]).standardError().orElse(Double.NaN);
      }
      return errors;
    }

    private Outcome mean(double[] all) {
      return Outcome.mean(LayerProbes.first(all, products), "probes");
    }

    @Override
    LayerOutcome total() {
      if (exact) {
        double sum = 0;
        for (double value : values()) {
          sum += value;
        }
        return new LayerOutcome(layer, found(Outcome.exact(sum)));
      }
      return new LayerOutcome(layer, found(mean(totals)));
    }

    /** The largest value, with an interval for all neurons at once: any may be the largest. */
    LayerOutcome largest() {
      Outcome largest =
          exact || !complete()
              ? Outcome.exact(Arrays.stream(values()).max().orElse(Double.NaN))
              : Outcome.max(Arrays.stream(samples).map(this::mean).toList());
      return new LayerOutcome(layer, found(largest));
    }

    /** How the list was found. */
    Outcome ending() {
      return found(Outcome.exact(0));
    }

    /** A number of this task with its method and status. */
    private Outcome found(Outcome number) {
      return ended(
          number
              .withValue(complete() ? number.value() : Double.NaN)
              .withMethod(exact ? "products" : "probes"));
    }
  }
}
