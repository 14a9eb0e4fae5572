package dev.flatness.pacbayes;

import dev.flatness.internal.runs.RunCodes;
import dev.flatness.internal.runs.StateFile;
import dev.flatness.pacbayes.OptimizedPosterior.Epoch;
import dev.flatness.random.Seed;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state of an optimisation in a file.
 *
 * <p>The state: the number of epochs and steps; three numbers an epoch; six vectors of as many
 * numbers as there are parameters.
 */
final class PosteriorFile {
  private static final int VECTORS = 6;

  private final StateFile file;

  private PosteriorFile(StateFile file) {
    this.file = file;
  }

  static PosteriorFile of(
      Path path,
      PosteriorOptimizer how,
      PosteriorProblem problem,
      DiagonalGaussian start,
      Seed seed) {
    Map<String, String> run = new LinkedHashMap<>();
    run.put("network", RunCodes.of(problem.network()));
    run.put("prior", code(problem.prior()));
    run.put("start", code(start));
    run.put("samples", String.valueOf(problem.data().size()));
    run.put("data", RunCodes.of(problem.data()));
    run.put("loss", RunCodes.of(problem.loss()));
    run.put("delta", String.valueOf(problem.delta()));
    run.put("seed", String.valueOf(seed.value()));
    run.put("epochs", String.valueOf(how.epochs()));
    run.put("batch size", String.valueOf(how.batchSize()));
    run.put("rate of the means", String.valueOf(how.meanRate()));
    run.put("rate of the scales", String.valueOf(how.scaleRate()));
    run.put("momentum", String.valueOf(how.momentum()));
    run.put("bound", how.bound().id());
    run.put("surrogate", how.surrogate().id());
    run.put("smallest probability", String.valueOf(how.minimumProbability()));
    run.put("precision", how.options().precision().id());
    run.put("matrix product", DensePasses.gemm(how.options()).name());
    return new PosteriorFile(StateFile.of(path, "FLATPOS1", "a posterior", run));
  }

  private static String code(DiagonalGaussian gaussian) {
    return StateFile.code(gaussian.mean(), gaussian.sigma());
  }

  /** Writes the state in the place of the one that is there. */
  void write(PosteriorState state) {
    file.write(out -> write(state, out));
  }

  private static void write(PosteriorState state, DataOutputStream out) throws IOException {
    out.writeInt(state.history.size());
    out.writeLong(state.steps);
    for (Epoch epoch : state.history) {
      out.writeDouble(epoch.surrogateRisk());
      out.writeDouble(epoch.divergence());
      out.writeDouble(epoch.bound());
    }
    for (double[] vector : state.vectors()) {
      StateFile.write(out, vector);
    }
  }

  /**
   * Reads the state, where the file exists.
   *
   * @throws IllegalArgumentException if the file is damaged or of another run, naming what differs
   */
  void readInto(PosteriorState state) {
    file.read((in, bytes) -> read(state, in, bytes));
  }

  private static boolean read(PosteriorState state, DataInputStream in, long bytes)
      throws IOException {
    int epochs = in.readInt();
    state.steps = in.readLong();
    if (epochs < 0 || bytes != 4 + 8 + 24L * epochs + 8L * VECTORS * state.mean.length) {
      return false;
    }
    for (int epoch = 1; epoch <= epochs; epoch++) {
      state.history.add(new Epoch(epoch, in.readDouble(), in.readDouble(), in.readDouble()));
    }
    for (double[] vector : state.vectors()) {
      StateFile.read(in, vector);
    }
    return state.valid();
  }
}
