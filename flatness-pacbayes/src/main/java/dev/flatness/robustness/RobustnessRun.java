package dev.flatness.robustness;

import dev.flatness.hessian.Kappa;
import dev.flatness.hessian.RelativeFlatness;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.text.Memory;
import dev.flatness.linalg.Gemms;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Facts;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.surface.NetworkSurface;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Feature robustness of one layer: what all its kinds share. */
final class RobustnessRun {
  private static final double UNIT = 0x1p-53;

  private final Subject subject;
  private final NetworkSurface surface;
  private final Node layer;
  private final LayerWeight weight;
  private final ChangePass pass;
  private final Workers workers;
  private final double margin;

  RobustnessRun(Subject subject, Node layer) {
    this.subject = subject;
    if (!subject.network().weightLayers().contains(layer)) {
      throw new IllegalArgumentException(
          "layer \""
              + layer.name()
              + "\" has no weight matrix, expected one of "
              + subject.network().weightLayers().stream().map(Node::name).toList());
    }
    this.surface = subject.surface().inDouble();
    this.layer = layer;
    this.weight = LayerWeight.of(subject.network(), layer);
    this.pass = new ChangePass(surface, layer);
    this.workers = new Workers(surface.options().threads());
    this.margin = margin();
  }

  LayerWeight weight() {
    return weight;
  }

  ChangePass pass() {
    return pass;
  }

  Workers workers() {
    return workers;
  }

  NetworkSurface surface() {
    return surface;
  }

  double kinkMargin() {
    return margin;
  }

  void requireDense(String what) {
    if (weight.convolution()) {
      throw new IllegalArgumentException(
          what
              + " needs a dense layer, but layer \""
              + layer.name()
              + "\" is a convolution: noise on the features it reads is no change of its patches;"
              + " name a dense layer");
    }
  }

  /** The smallest |z|/(bound of |Δz| at δ = 1) over samples and units that follow. */
  private double margin() {
    double[] norms = weight.rowNorms();
    double[] least = new double[pass.chunks()];
    workers.run(
        least.length,
        index -> {
          ChangePass.Chunk chunk = pass.chunk(index);
          least[index] = chunk.margin(bounds(chunk, norms));
        });
    double margin = Double.POSITIVE_INFINITY;
    for (double each : least) {
      margin = Math.min(margin, each);
    }
    return margin;
  }

  /** ‖w_s‖ ‖φ_p‖ for every unit and position. */
  private double[] bounds(ChangePass.Chunk chunk, double[] norms) {
    double[] inputs = chunk.inputs();
    int m = weight.columns();
    int run = inputs.length / (m * weight.groups());
    double[] bounds = new double[weight.rows() * run];
    int groupRows = weight.rows() / weight.groups();
    for (int group = 0; group < weight.groups(); group++) {
      double[] squares = new double[run];
      for (int t = 0; t < m; t++) {
        for (int i = 0; i < run; i++) {
          double x = inputs[(group * m + t) * run + i];
          squares[i] += x * x;
        }
      }
      for (int s = group * groupRows; s < (group + 1) * groupRows; s++) {
        for (int i = 0; i < run; i++) {
          bounds[s * run + i] = norms[s] * Math.sqrt(squares[i]);
        }
      }
    }
    return bounds;
  }

  /** κ_Tr of the layer. */
  Outcome relativeFlatness() {
    if (Facts.closedFormsHold(subject)) {
      double[] theta = surface.network().parameterVector();
      return Outcome.exact(
          surface.closedForms(theta, List.of(layer), false).layers().stream()
              .filter(forms -> forms.node().equals(layer))
              .findFirst()
              .orElseThrow()
              .relativeFlatness());
    }
    return measured(RelativeFlatness.withDefaults());
  }

  /** ‖W‖² λ_max(H). */
  double kappa() {
    return measured(Kappa.topEigenvalue()).value();
  }

  private Outcome measured(Measure measure) {
    Settings own = subject.settings().with(Settings.LAYERS, Set.of(layer.name()));
    Subject alone = Subject.of(surface, own, subject.monitor(), subject.seed());
    for (Estimate estimate : measure.evaluate(alone)) {
      if (estimate.layer().filter(layer.name()::equals).isPresent()) {
        return estimate.outcome();
      }
    }
    throw new IllegalStateException(measure.id() + " has no number of layer " + layer.name());
  }

  /** W times a matrix of the layer's columns, group by group. */
  double[] times(double[][] matrix) {
    int m = weight.columns();
    double[] flat = new double[m * m];
    boolean fits = matrix.length == m;
    for (int i = 0; fits && i < m; i++) {
      fits = matrix[i].length == m;
      for (int j = 0; fits && j < m; j++) {
        flat[i * m + j] = matrix[i][j];
        if (!Double.isFinite(matrix[i][j])) {
          throw new IllegalArgumentException(
              "entry ["
                  + i
                  + ", "
                  + j
                  + "] of the matrix is "
                  + matrix[i][j]
                  + ", expected a finite"
                  + " number");
        }
      }
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the matrix has the shape ["
              + matrix.length
              + ", "
              + (matrix.length == 0 ? 0 : matrix[0].length)
              + "], but layer \""
              + layer.name()
              + "\" reads "
              + m
              + (weight.convolution() ? " numbers of a patch" : " features")
              + "; give a matrix of shape ["
              + m
              + ", "
              + m
              + "]");
    }
    double[] product = new double[weight.values().length];
    Gemms.byId("plain")
        .multiply(
            false,
            false,
            weight.rows(),
            m,
            m,
            1,
            weight.values(),
            0,
            m,
            flat,
            0,
            m,
            0,
            product,
            0,
            m);
    return product;
  }

  /**
   * The mean over pairs ± of draws.
   *
   * @param unit the prediction at δ = 1
   */
  List<Robustness> averaged(
      String name, Directions directions, double[] deltas, int draws, Outcome unit) {
    Tally tally = new Tally(deltas.length, draws, pass.chunks());
    int done =
        new Sweep(pass, directions, deltas, workers)
            .run(draws, subject.monitor(), "robustness of " + layer.name(), tally);
    List<Robustness> found = new ArrayList<>();
    for (int d = 0; d < deltas.length; d++) {
      double[] means = new double[done];
      for (int draw = 0; draw < done; draw++) {
        means[draw] = Sum.of(tally.pairs[d][draw]) / pass.samples() / 2;
      }
      Outcome value = Outcome.mean(means, "antithetic-" + name);
      if (done < draws) {
        value =
            value
                .withStatus(Status.NOT_CONVERGED)
                .because(subject.monitor().ending(done, draws, "draws"));
      }
      double square = deltas[d] * deltas[d];
      found.add(
          new Robustness(
              layer.name(),
              name,
              deltas[d],
              done,
              value,
              square * unit.value(),
              square * unit.standardError().orElse(0),
              margin,
              tally.crossed(d, done) / (2.0 * pass.samples() * done),
              tally.rounding(d, done, 2, terms()) / pass.samples(),
              0));
    }
    return graded(found);
  }

  /** E_F of one matrix W A, with the expansion to second order as prediction. */
  List<Robustness> single(String name, double[] matrix, double[] deltas) {
    Tally tally = new Tally(deltas.length, 1, pass.chunks());
    new Sweep(pass, new MatrixDirections(matrix), deltas, workers)
        .run(1, subject.monitor().as("robustness of " + layer.name()), name, tally);
    double[] theta = surface.network().parameterVector();
    double[] gradient = new double[theta.length];
    surface.valueAndGradient(theta, gradient);
    int offset = surface.network().weight(layer).offset();
    double slope = 0;
    for (int i = 0; i < matrix.length; i++) {
      slope += gradient[offset + i] * matrix[i];
    }
    double[][] product = {new double[matrix.length]};
    surface.layerProducts(theta, List.of(layer), new double[][] {matrix}, product);
    double curvature = Vectors.dot(matrix, product[0]);
    List<Robustness> found = new ArrayList<>();
    for (int d = 0; d < deltas.length; d++) {
      found.add(
          new Robustness(
              layer.name(),
              name,
              deltas[d],
              1,
              Outcome.exact(Sum.of(tally.plus[d][0]) / pass.samples()),
              deltas[d] * (slope + deltas[d] / 2 * curvature),
              0,
              margin,
              Sum.of(tally.crossedPlus[d][0]) / pass.samples(),
              tally.rounding(d, 1, 1, terms()) / pass.samples(),
              0));
    }
    return graded(found);
  }

  /** How many products are added up for a number of the output: rounding grows no faster. */
  private double terms() {
    double terms = 16;
    for (Node node : surface.network().weightLayers()) {
      if (node.index() >= layer.index()) {
        terms += (double) surface.network().weight(node).size() / node.shape().extent(0);
      }
    }
    return terms;
  }

  /** Adds Def. 1's ε: the largest magnitude up to each δ. */
  static List<Robustness> graded(List<Robustness> found) {
    List<Robustness> graded = new ArrayList<>();
    double largest = 0;
    for (Robustness each : found) {
      largest = Math.max(largest, Math.abs(each.value().value()));
      graded.add(each.withEpsilon(largest));
    }
    return graded;
  }

  /** Sums over the samples of a chunk, by δ, draw and chunk. */
  private static final class Tally implements Sweep.Receiver {
    private final double[][][] pairs;
    private final double[][][] plus;
    private final double[][][] sizes;
    private final double[][][] plain;
    private final double[][][] crossedPlus;
    private final double[][][] crossedMinus;

    Tally(int deltas, int draws, int chunks) {
      double bytes = 6.0 * Double.BYTES * deltas * draws * chunks;
      if (bytes > Runtime.getRuntime().maxMemory() / 8.0) {
        throw new IllegalArgumentException(
            "the sums of "
                + draws
                + " draws at "
                + deltas
                + " values of delta take "
                + Memory.needed(bytes)
                + ", but an eighth of the Java heap is "
                + Memory.available(Runtime.getRuntime().maxMemory() / 8)
                + "; take fewer draws (--draws) or values of --delta, or "
                + Memory.MORE_HEAP);
      }
      pairs = new double[deltas][draws][chunks];
      plus = new double[deltas][draws][chunks];
      sizes = new double[deltas][draws][chunks];
      plain = new double[deltas][draws][chunks];
      crossedPlus = new double[deltas][draws][chunks];
      crossedMinus = new double[deltas][draws][chunks];
    }

    @Override
    public void accept(
        ChangePass.Chunk chunk,
        int draw,
        int delta,
        double[] up,
        double[] down,
        boolean[] upCrossed,
        boolean[] downCrossed,
        double rounding) {
      Sum pair = new Sum();
      Sum one = new Sum();
      double size = 0;
      int crossedUp = 0;
      int crossedDown = 0;
      for (int i = 0; i < chunk.count(); i++) {
        pair.add(up[i] + down[i]);
        one.add(up[i]);
        size += Math.abs(up[i]) + Math.abs(down[i]);
        crossedUp += upCrossed[i] ? 1 : 0;
        crossedDown += downCrossed[i] ? 1 : 0;
      }
      int at = chunk.index();
      pairs[delta][draw][at] = pair.value();
      plus[delta][draw][at] = one.value();
      sizes[delta][draw][at] = size;
      plain[delta][draw][at] = rounding;
      crossedPlus[delta][draw][at] = crossedUp;
      crossedMinus[delta][draw][at] = crossedDown;
    }

    double crossed(int delta, int draws) {
      double all = 0;
      for (int draw = 0; draw < draws; draw++) {
        all += Sum.of(crossedPlus[delta][draw]) + Sum.of(crossedMinus[delta][draw]);
      }
      return all;
    }

    /** The rounding error of a mean over draws, times the number of samples. */
    double rounding(int delta, int draws, int signs, double terms) {
      double all = 0;
      for (int draw = 0; draw < draws; draw++) {
        all += UNIT * terms * Sum.of(sizes[delta][draw]) + Sum.of(plain[delta][draw]);
      }
      return all / draws / signs;
    }
  }
}
