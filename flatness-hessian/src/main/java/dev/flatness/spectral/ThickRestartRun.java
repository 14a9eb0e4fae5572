package dev.flatness.spectral;

import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.spectral.SymmetricEigen;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state of one {@link ThickRestartLanczos} run.
 *
 * <p>A V = V H + Q C + E: V the basis, Q the next block, C its coupling, which only the last block
 * of V has; E is what was let go when converged pairs were locked and the run started afresh. H is
 * VᵀAV of the products themselves, so restarting needs no special form.
 */
final class ThickRestartRun {
  /** Where the rest of a product counts as 0, relative to ‖H‖. */
  private static final double BREAKDOWN = 64 * 0x1p-52;

  private final ThickRestartLanczos method;
  private final SymmetricOperator operator;
  private final Seed seed;
  private final int n;
  private final int room;
  private final List<double[]> basis = new ArrayList<>();
  private List<double[]> next = new ArrayList<>();
  private final double[][] h;

  /** ‖E e_i‖. */
  private final double[] lost;

  private double[][] coupling = new double[0][];
  private int lastBlock;
  private int fresh;
  private int products;
  private int restarts;

  /** Set by the first decomposition. */
  @SuppressWarnings("NullAway.Init")
  private SymmetricEigen eigen;

  private double norm;

  /** Twice the stated error of products: in those of the pair, and in H, made of half of them. */
  private double error;

  ThickRestartRun(ThickRestartLanczos method, SymmetricOperator operator, Seed seed, int room) {
    this.method = method;
    this.operator = operator;
    this.seed = seed;
    this.n = operator.dimension();
    this.room = room;
    this.h = new double[room][room];
    this.lost = new double[room];
  }

  Eigenpairs solve(Monitor monitor) {
    double[] checking = null;
    int checkedAt = 0;
    boolean checked = false;
    String reason = null;
    appendFresh();
    error = 2 * operator.error();
    while (reason == null) {
      if (products >= method.maxProducts) {
        reason = "the limit of " + method.maxProducts + " products was reached";
      } else if (products > 0 && monitor.stopped()) {
        reason = monitor.whyStopped();
      } else {
        reason = expand(monitor);
      }
      monitor.update("eigenvalues", products, Math.max(method.expectedProducts(), products + 10));
      if (reason != null && eigen == null) {
        throw new ArithmeticException("there are no eigenpairs because " + reason);
      }
      if (reason != null) {
        break;
      }
      boolean whole = basis.size() == n;
      if (whole || (checking == null ? converged(0.5) : products >= checkedAt && converged(1))) {
        if (whole || !method.check) {
          checked = whole;
          reason = whole ? "the basis spans the whole space" : "the residuals met the tolerance";
        } else if (checking != null && nothingBeyond() && same(checking)) {
          checked = true;
          reason = "the residuals met the tolerance and the check found nothing beyond";
        } else if (checking == null || !same(checking)) {
          checking = values();
          lock();
          checkedAt = products + Lanczos.mostChecks(n);
        }
      }
      if (reason == null && next.isEmpty()) {
        appendFresh();
      } else if (reason == null && basis.size() + next.size() > room) {
        keep(kept());
        restarts++;
      }
    }
    boolean ended = converged(1) && (checked || !method.check);
    boolean met = ended && (error == 0 || largestResidual() + error <= allowed());
    if (ended && !met) {
      reason = EndSearch.NOISY;
    }
    return new Eigenpairs(
        pairs(true),
        pairs(false),
        products,
        restarts,
        checked,
        met ? Status.CONVERGED : Status.NOT_CONVERGED,
        reason);
  }

  /** Multiplies the next block and takes it into the basis; else the reason why there is an end. */
  private @Nullable String expand(Monitor monitor) {
    int from = basis.size();
    int width = next.size();
    double[][] images = new double[width][n];
    try {
      operator.apply(next.toArray(double[][]::new), images);
    } catch (PassStoppedException late) {
      if (products == 0) {
        throw late;
      }
      return monitor.whyStopped();
    }
    products += width;
    basis.addAll(next);
    int size = basis.size();
    double[][] columns = new double[width][size];
    for (int j = 0; j < width; j++) {
      for (int round = 0; round < 2; round++) {
        subtract(images[j], basis, columns[j]);
      }
      if (!Double.isFinite(Arrays.stream(columns[j]).sum())) {
        basis.subList(from, size).clear();
        return "product " + products + " is not finite";
      }
    }
    for (int j = 0; j < width; j++) {
      for (int i = 0; i <= from + j; i++) {
        // Inside the block both products give the entry: their mean is symmetric.
        double entry =
            i < from ? columns[j][i] : 0.5 * (columns[j][i] + columns[i - from][from + j]);
        h[i][from + j] = entry;
        h[from + j][i] = entry;
      }
    }
    eigen = SymmetricEigen.of(size, entries(size));
    norm = Math.max(Math.abs(eigen.values()[0]), Math.abs(eigen.values()[size - 1]));
    lastBlock = from;
    orthonormalise(images);
    return null;
  }

  private double[] entries(int size) {
    double[] entries = new double[size * size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(h[i], 0, entries, i * size, size);
    }
    return entries;
  }

  /** x −= Σ ⟨v, x⟩ v, classical Gram–Schmidt; adds the coefficients. */
  private static void subtract(double[] x, List<double[]> vectors, double[] coefficients) {
    double[] now = new double[vectors.size()];
    for (int i = 0; i < now.length; i++) {
      now[i] = Vectors.dot(vectors.get(i), x);
    }
    for (int i = 0; i < now.length; i++) {
      Vectors.addMultiple(-now[i], vectors.get(i), x);
      coefficients[i] += now[i];
    }
  }

  /** Makes the next block of the rests of the products, and its coupling. */
  private void orthonormalise(double[][] rests) {
    next = new ArrayList<>();
    coupling = new double[rests.length][rests.length];
    for (int j = 0; j < rests.length && basis.size() + next.size() < n; j++) {
      double[] along = new double[next.size()];
      for (int round = 0; round < 2; round++) {
        subtract(rests[j], next, along);
      }
      for (int i = 0; i < along.length; i++) {
        coupling[i][j] = along[i];
      }
      double rest = Vectors.norm(rests[j]);
      if (rest > BREAKDOWN * norm) {
        coupling[next.size()][j] = rest;
        Vectors.divide(rests[j], rest);
        refine(rests[j]);
        next.add(rests[j]);
      }
    }
  }

  /** Orthogonal again after a division by a small norm. */
  private void refine(double[] x) {
    subtract(x, basis, new double[basis.size()]);
    subtract(x, next, new double[next.size()]);
    Vectors.divide(x, Vectors.norm(x));
  }

  private void appendFresh() {
    next = new ArrayList<>();
    while (next.size() < method.block && basis.size() + next.size() < Math.min(n, room)) {
      double[] x = Vectors.gaussian(n, seed.split(fresh++));
      for (int round = 0; round < 2; round++) {
        Vectors.divide(x, Vectors.norm(x));
        refine(x);
      }
      next.add(x);
    }
    if (next.isEmpty()) {
      keep(kept());
      restarts++;
      appendFresh();
    }
  }

  /** The bound of the residual of the i-th Ritz pair. */
  private double residual(int i) {
    double[] s = eigen.vectors()[i];
    double square = 0;
    for (double[] row : coupling) {
      double sum = coupled(row, s);
      square += sum * sum;
    }
    double let = 0;
    for (int j = 0; j < s.length; j++) {
      let += Math.abs(s[j]) * lost[j];
    }
    // Below rounding the bound says nothing of the pair.
    return Math.max(Math.sqrt(square) + let, 0x1p-52 * norm);
  }

  private double coupled(double[] row, double[] s) {
    double sum = 0;
    for (int j = 0; j < row.length; j++) {
      sum += row[j] * s[lastBlock + j];
    }
    return sum;
  }

  /** The wanted Ritz pairs' positions, ascending, of as many as the basis has. */
  private int[] wanted() {
    int size = eigen.values().length;
    TreeSet<Integer> positions = new TreeSet<>();
    for (int i = 0; i < Math.min(size, method.largest); i++) {
      positions.add(size - 1 - i);
    }
    for (int i = 0; i < Math.min(size, method.smallest); i++) {
      positions.add(i);
    }
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  private boolean converged(double share) {
    int size = eigen.values().length;
    if (size < Math.min(n, method.largest + method.smallest)) {
      return false;
    }
    return largestResidual() <= share * slack();
  }

  private double largestResidual() {
    return Arrays.stream(wanted()).mapToDouble(this::residual).max().orElse(0);
  }

  /** The largest residual, the error of products included, of a pair that has converged. */
  private double allowed() {
    return Math.max(method.tolerance * norm, method.fixed ? 0 : 3 * error);
  }

  /** The same without the error of products; below that error, a run gains nothing. */
  private double slack() {
    return Math.max(allowed() - error, error);
  }

  private double[] values() {
    return Arrays.stream(wanted()).mapToDouble(i -> eigen.values()[i]).toArray();
  }

  private boolean same(double[] before) {
    double[] now = values();
    for (int i = 0; i < now.length; i++) {
      if (Math.abs(now[i] - before[i]) > slack()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the first Ritz value after the wanted ones has settled or can no longer pass them. */
  private boolean nothingBeyond() {
    int size = eigen.values().length;
    double slack = slack();
    int above = size - 1 - method.largest;
    int below = method.smallest;
    boolean top =
        method.largest == 0
            || above < below
            || residual(above) <= slack
            || eigen.values()[above] + residual(above) <= eigen.values()[above + 1] + slack;
    boolean bottom =
        method.smallest == 0
            || below > above
            || residual(below) <= slack
            || eigen.values()[below] - residual(below) >= eigen.values()[below - 1] - slack;
    return top && bottom;
  }

  /** The Ritz pairs that a restart keeps: the wanted ones and a third of the rest of the room. */
  private int[] kept() {
    int size = eigen.values().length;
    int extra = Math.max(0, (room - method.largest - method.smallest) / 3);
    boolean both = method.largest > 0 && method.smallest > 0;
    int share = both ? extra / 2 : extra;
    int top = method.largest == 0 ? 0 : method.largest + share;
    int bottom = method.smallest == 0 ? 0 : method.smallest + share;
    int most = Math.max(1, room - 2 * method.block);
    TreeSet<Integer> positions = new TreeSet<>();
    for (int i = 0; i < Math.max(top, bottom); i++) {
      if (i < top && i < size && positions.size() < most) {
        positions.add(size - 1 - i);
      }
      if (i < bottom && i < size && positions.size() < most) {
        positions.add(i);
      }
    }
    return positions.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Keeps the wanted pairs alone, notes what their residuals were, and starts afresh. */
  private void lock() {
    int[] positions = wanted();
    double[] residuals = Arrays.stream(positions).mapToDouble(this::residual).toArray();
    keep(positions);
    System.arraycopy(residuals, 0, lost, 0, residuals.length);
    next = new ArrayList<>();
    coupling = new double[0][];
  }

  /** Replaces the basis by some Ritz vectors, a stretch of entries at a time. */
  private void keep(int[] positions) {
    int size = basis.size();
    int k = positions.length;
    double[][] kept = new double[k][];
    double[] values = new double[k];
    double[] let = new double[k];
    double[][] rotation = new double[size][k];
    for (int c = 0; c < k; c++) {
      double[] s = eigen.vectors()[positions[c]];
      values[c] = eigen.values()[positions[c]];
      kept[c] = new double[k];
      kept[c][c] = 1;
      for (int i = 0; i < size; i++) {
        let[c] += Math.abs(s[i]) * lost[i];
        rotation[i][c] = s[i];
      }
    }
    for (int row = 0; row < coupling.length; row++) {
      double[] rotated = new double[k];
      for (int c = 0; c < k; c++) {
        rotated[c] = coupled(coupling[row], eigen.vectors()[positions[c]]);
      }
      coupling[row] = rotated;
    }
    lastBlock = 0;
    rotate(rotation, k);
    for (double[] row : h) {
      Arrays.fill(row, 0);
    }
    Arrays.fill(lost, 0);
    for (int c = 0; c < k; c++) {
      h[c][c] = values[c];
      lost[c] = let[c];
    }
    eigen = new SymmetricEigen(values, kept);
  }

  /** V ← V S in place, entry by entry. */
  private void rotate(double[][] rotation, int k) {
    double[] mixed = new double[k];
    for (int e = 0; e < n; e++) {
      Arrays.fill(mixed, 0);
      for (int i = 0; i < rotation.length; i++) {
        Vectors.addMultiple(basis.get(i)[e], rotation[i], mixed);
      }
      for (int c = 0; c < k; c++) {
        basis.get(c)[e] = mixed[c];
      }
    }
    basis.subList(k, basis.size()).clear();
  }

  private List<RitzPair> pairs(boolean top) {
    int size = eigen.values().length;
    List<RitzPair> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(size, top ? method.largest : method.smallest); i++) {
      int position = top ? size - 1 - i : i;
      double[] x = new double[n];
      for (int j = 0; j < size; j++) {
        Vectors.addMultiple(eigen.vectors()[position][j], basis.get(j), x);
      }
      Vectors.divide(x, Vectors.norm(x));
      double residual = residual(position) + error;
      double relative = norm == 0 ? 0 : residual / norm;
      boolean shown = error == 0 ? relative <= method.tolerance : residual <= allowed();
      Status status = shown ? Status.CONVERGED : Status.NOT_CONVERGED;
      Outcome outcome =
          Outcome.of(eigen.values()[position], LanczosRun.METHOD, status)
              .withResidual(relative)
              .withProducts(products);
      pairs.add(new RitzPair(outcome, x, residual));
    }
    return pairs;
  }
}
