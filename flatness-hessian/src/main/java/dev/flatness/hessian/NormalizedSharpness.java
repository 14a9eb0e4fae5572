package dev.flatness.hessian;

import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.SeparableProblem;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * {@code normalized-sharpness}: curvature plus weight norm, each layer in the scales of its rows
 * and columns that make the sum least.
 *
 * <p>Formula: Σ_layers inf_{a,b&gt;0} Σ_ij (H_ij a_i b_j + W_ij²/(a_i b_j)) over the matrix [W,
 * bias], H_ij the diagonal entry of the Hessian at W_ij, b = 1 for the bias column; a convolution
 * has one b per input channel, shared by its taps, a dense layer one per input coordinate, an
 * affine layer is a diagonal matrix. Rows and columns with Σ H = 0 or Σ W² = 0 contribute 0; dead
 * classes are pruned. Units: √loss. For networks that are not piecewise linear H is the diagonal of
 * the Gauss–Newton matrix, which the detail {@code curvature} says.
 *
 * <p>With a_i = e^{2u_i}, b_j = e^{−2v_j} it is a {@link SeparableProblem}: an edge v_j → u_i with
 * H_ij and one back with W_ij².
 *
 * <p>Cost: the diagonal, shared with the closed forms (1 + 2K passes), and a convex minimization a
 * layer without data. Residual: the largest relative imbalance of a row or column, at most 1e-12.
 * Not defined for more than 4,096 parameters where layers share weights, nor for losses that are
 * not convex in the outputs. Invariant to neuron-wise rescaling.
 *
 * <p>Source: Tsuzuku, Sato, Sugiyama 2020, normalized sharpness. Immutable.
 */
public final class NormalizedSharpness extends AbstractMeasure {
  private static final NormalizedSharpness DEFAULTS = new NormalizedSharpness();

  private NormalizedSharpness() {
    super(
        "normalized-sharpness",
        "curvature plus weight norm in the best scales",
        Invariance.NEURON_WISE,
        "Tsuzuku et al. 2020",
        Scope.NETWORK);
  }

  /**
   * Returns the measure.
   *
   * @return the measure
   */
  public static NormalizedSharpness withDefaults() {
    return DEFAULTS;
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    return CurvatureDiagonal.unavailable(subject);
  }

  @Override
  protected List<Fact<?>> facts(Network network, Settings settings) {
    return List.of(HessianFacts.SEMIDEFINITE_DIAGONAL);
  }

  @Override
  protected List<Estimate> measure(Subject whole) {
    Subject subject = whole.get(Facts.PRUNED);
    CurvatureDiagonal diagonal = subject.get(HessianFacts.SEMIDEFINITE_DIAGONAL);
    if (!diagonal.complete()) {
      return List.of(network(diagonal.outcome().withMethod("none")));
    }
    if (!Arrays.stream(diagonal.entries()).allMatch(Double::isFinite)) {
      return List.of(network(Outcome.exact(Double.POSITIVE_INFINITY)));
    }
    Layers layers = new Layers(subject.network(), diagonal.entries());
    double sum = 0;
    double residual = 0;
    boolean converged = true;
    for (Node node : subject.network().nodes()) {
      if (node.weight() >= 0 || node.bias() >= 0) {
        SeparableProblem.Minimum minimum = layers.problem(node).solve();
        sum += minimum.value();
        residual = Math.max(residual, minimum.residual());
        converged &= minimum.converged();
      }
    }
    Outcome outcome =
        diagonal
            .outcome()
            .withValue(sum)
            .withMethod("orbit")
            .withStatus(converged ? Status.CONVERGED : Status.NOT_CONVERGED)
            .withResidual(residual)
            .because(
                converged
                    ? "rows and columns balance to the tolerance"
                    : "rows and columns balance to " + residual + " only");
    return List.of(network(outcome).withDetail("curvature", diagonal.curvature()));
  }

  /** The problems of the layers; a parameter counts in the first layer that uses it. */
  private static final class Layers {
    private final Network network;
    private final double[] theta;
    private final double[] diagonal;
    private final BitSet pruned;
    private final BitSet used = new BitSet();

    Layers(Network network, double[] diagonal) {
      this.network = network;
      this.theta = network.parameterVector();
      this.diagonal = diagonal;
      this.pruned = DeadClasses.of(network).positions();
    }

    SeparableProblem problem(Node node) {
      int rows = node.shape().extent(0);
      if (node.weight() < 0) {
        SeparableProblem.Builder problem = SeparableProblem.over(rows);
        addBias(problem, node);
        return problem.build();
      }
      NeuronIndex row = NeuronIndex.of(node.layer(), true);
      NeuronIndex column = NeuronIndex.of(node.layer(), false);
      SeparableProblem.Builder problem = SeparableProblem.over(rows + column.count());
      if (unused(node.weight())) {
        int offset = network.weight(node).offset();
        for (int e = 0; e < row.owner().length; e++) {
          add(problem, offset + e, rows + column.owner()[e], row.owner()[e]);
        }
      }
      addBias(problem, node);
      return problem.build();
    }

    private void addBias(SeparableProblem.Builder problem, Node node) {
      if (node.bias() >= 0 && unused(node.bias())) {
        int offset = network.bias(node).offset();
        for (int s = 0; s < network.bias(node).size(); s++) {
          add(problem, offset + s, SeparableProblem.FIXED, s);
        }
      }
    }

    private boolean unused(int parameter) {
      boolean first = !used.get(parameter);
      used.set(parameter);
      return first;
    }

    private void add(SeparableProblem.Builder problem, int position, int column, int row) {
      if (!pruned.get(position)) {
        problem.add(column, row, diagonal[position]);
        double square = theta[position] * theta[position];
        if (Double.isInfinite(square)) {
          throw new ArithmeticException(
              "entry "
                  + position
                  + " of the parameters is "
                  + theta[position]
                  + ", whose square leaves the range of doubles");
        }
        problem.add(row, column, square);
      }
    }
  }
}
