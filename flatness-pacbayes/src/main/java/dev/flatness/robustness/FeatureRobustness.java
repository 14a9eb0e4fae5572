package dev.flatness.robustness;

import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Feature robustness: how much the loss grows when the inputs φ of a layer become (I + δA) φ, with
 * labels as they are.
 *
 * <p>Formula: E_F(δ, A) = (1/n) Σ_i [ℓ(ψ((I + δA) φ(x_i)), y_i) − ℓ(f(x_i), y_i)] = L(W + δWA) −
 * L(W); A acts on the patches of a convolution. Over Haar-random orthogonal A its mean is
 * δ²κ_Tr/(2m) up to O(δ⁴) where the loss is smooth along the change, at a minimum or not. A comes
 * in pairs ±A, and the changes are carried through the network by themselves, so that they keep
 * their digits however small δ is.
 *
 * <p>Units: loss. Cost: per pair ±A and δ, two passes of the network from the layer on; per A also
 * 4 d² m multiplications for k = min(d, m) orthonormal rows. Memory: some draws of the size of the
 * weight, and a chunk of samples per thread. Errors: a δ that is not positive, an unknown layer and
 * a weight that several layers use are refused. Immutable; the same seed gives the same bits on any
 * number of threads.
 *
 * <p>Source: Petzka et al. 2021, Def. 1, Prop. 2 and Thm 5; docs/mathematics.md#feature-robustness.
 */
public final class FeatureRobustness {
  private static final double[] DELTAS = {1e-3, 1e-2, 1e-1};
  private static final int DRAWS = 200;

  private final double[] deltas;
  private final int draws;

  private FeatureRobustness(double[] deltas, int draws) {
    this.deltas = deltas;
    this.draws = draws;
  }

  /**
   * Returns the computation at δ = 0.001, 0.01 and 0.1 with 200 draws.
   *
   * @return the defaults
   */
  public static FeatureRobustness withDefaults() {
    return new FeatureRobustness(DELTAS, DRAWS);
  }

  /**
   * Changes the δ.
   *
   * @param values at least one, each positive; sorted
   * @return the changed copy
   * @throws IllegalArgumentException if there is none or one is not positive
   */
  public FeatureRobustness withDeltas(double... values) {
    return new FeatureRobustness(Deltas.sorted(values), draws);
  }

  /**
   * Changes the number of draws.
   *
   * @param count at least 2, so that there is a standard error
   * @return the changed copy
   * @throws IllegalArgumentException if it is smaller
   */
  public FeatureRobustness withDraws(int count) {
    if (count < 2) {
      throw new IllegalArgumentException(
          "the number of draws is " + count + ", expected at least 2: one has no standard error");
    }
    return new FeatureRobustness(deltas, count);
  }

  /**
   * Averages over Haar-random orthogonal A.
   *
   * @param subject the network, data and loss
   * @param layer a dense or convolutional layer
   * @return one number for each δ, predicted δ²κ_Tr/(2m)
   */
  public List<Robustness> haar(Subject subject, Node layer) {
    return random(subject, layer, "haar", null);
  }

  /**
   * Averages over A = rO with O Haar-random and r of the law of ‖ξ‖/‖φ‖ for a kernel of radius δ‖φ‖
   * (Prop. 2).
   *
   * @param subject the network, data and loss
   * @param layer a dense or convolutional layer
   * @param width s: the kernel is a Gaussian of s times its radius, cut at the radius
   * @return one number for each δ, predicted E[r²] κ_Tr/(2m)
   */
  public List<Robustness> radial(Subject subject, Node layer, double width) {
    int columns = LayerWeight.of(subject.network(), layer).columns();
    return random(subject, layer, "radial", new RadialLaw(columns, width));
  }

  private List<Robustness> random(
      Subject subject, Node layer, String name, @Nullable RadialLaw law) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    Seed seed = subject.seed().split("feature-robustness").split(name).split(layer.name());
    Directions directions = new HaarDirections(run.weight(), seed, law);
    Outcome kappa = run.relativeFlatness();
    double square = (law == null ? 1 : law.meanSquare()) / (2 * run.weight().columns());
    return run.averaged(name, directions, deltas, draws, kappa.times(square));
  }

  /**
   * Injects Gaussian noise of standard deviation δ‖φ‖/√m into every input coordinate of a dense
   * layer, drawn for every sample.
   *
   * <p>Source: Petzka et al. 2019, App. D.1.
   *
   * @param subject the network, data and loss
   * @param layer a dense layer
   * @return one number for each δ, predicted δ²κ_Tr/(2m)
   * @throws IllegalArgumentException for a convolution
   */
  public List<Robustness> noise(Subject subject, Node layer) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    run.requireDense("noise injection");
    Seed seed = subject.seed().split("noise-injection").split(layer.name());
    Directions directions = new NoiseDirections(run.weight(), seed, null);
    Outcome kappa = run.relativeFlatness();
    return run.averaged(
        "noise", directions, deltas, draws, kappa.times(0.5 / run.weight().columns()));
  }

  /**
   * Takes one given A.
   *
   * @param subject the network, data and loss
   * @param layer a dense or convolutional layer
   * @param matrix A, m×m, m the inputs of the layer or the channels of a group times the taps
   * @return one number for each δ, predicted δ⟨∇L, WA⟩ + ½δ² (WA)ᵀ H (WA)
   * @throws IllegalArgumentException if A has another size or an entry that is not finite
   */
  public List<Robustness> given(Subject subject, Node layer, double[][] matrix) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    return run.single("matrix", run.times(matrix), deltas);
  }

  /**
   * Takes A = e_j e_jᵀ, which changes one input feature alone; of a convolution all taps of an
   * input channel.
   *
   * @param subject the network, data and loss
   * @param layer a dense or convolutional layer
   * @param feature j
   * @return one number for each δ, predicted δ⟨∇_j L, w_j⟩ + ½δ² ρ_j
   * @throws IllegalArgumentException if there is no such feature
   */
  public List<Robustness> feature(Subject subject, Node layer, int feature) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    LayerWeight weight = run.weight();
    int taps = weight.taps();
    int perGroup = weight.columns() / taps;
    int features = perGroup * weight.groups();
    if (feature < 0 || feature >= features) {
      throw new IllegalArgumentException(
          "layer \""
              + layer.name()
              + "\" has no input feature "
              + feature
              + ", expected 0 to "
              + (features - 1));
    }
    int rows = weight.rows() / weight.groups();
    int group = feature / perGroup;
    double[] column = new double[weight.values().length];
    for (int s = group * rows; s < (group + 1) * rows; s++) {
      int at = s * weight.columns() + feature % perGroup * taps;
      System.arraycopy(weight.values(), at, column, at, taps);
    }
    return run.single("feature-" + feature, column, deltas);
  }

  /**
   * Searches the A of spectral norm at most 1 that raises the loss most.
   *
   * <p>Each step replaces A by the polar factor of the gradient, the best A for the loss's linear
   * part, and keeps what raises the loss. The result is a lower bound.
   *
   * @param subject the network, data and loss
   * @param layer a dense or convolutional layer
   * @param starts how many random A the search begins at, at least 1
   * @param steps how many steps each takes, at least 1
   * @return one number for each δ; predicted is the bound δ²κ/2, which holds at a minimum and below
   *     the kink margin
   */
  public List<Robustness> worstCase(Subject subject, Node layer, int starts, int steps) {
    RobustnessRun run = new RobustnessRun(subject, layer);
    Seed seed = subject.seed().split("worst-case").split(layer.name());
    WorstCase search = new WorstCase(run, starts, steps, seed);
    double kappa = run.kappa();
    List<Robustness> found = new ArrayList<>();
    for (double delta : deltas) {
      Robustness best = run.single("worst-case", search.find(delta), new double[] {delta}).get(0);
      found.add(
          new Robustness(
              best.layer(),
              best.perturbation(),
              delta,
              starts,
              best.value().withMethod("search").withStatus(Status.LOWER_BOUND),
              delta * delta / 2 * kappa,
              0,
              best.kinkMargin(),
              best.changedPatterns(),
              best.rounding(),
              Math.abs(best.value().value())));
    }
    return RobustnessRun.graded(found);
  }

  @Override
  public String toString() {
    return "FeatureRobustness[delta " + Arrays.toString(deltas) + ", " + draws + " draws]";
  }

  /** Lists of δ. */
  static final class Deltas {
    private Deltas() {}

    static double[] sorted(double[] values) {
      if (values.length == 0) {
        throw new IllegalArgumentException("there is no delta, expected at least one above 0");
      }
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < sorted.length; i++) {
        if (!(sorted[i] > 0 && Double.isFinite(sorted[i])) || i > 0 && sorted[i] == sorted[i - 1]) {
          throw new IllegalArgumentException(
              "delta is "
                  + Arrays.toString(values)
                  + ", expected different positive numbers such as 1e-3,1e-2,1e-1");
        }
      }
      return sorted;
    }
  }
}
