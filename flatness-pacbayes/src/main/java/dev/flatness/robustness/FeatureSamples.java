package dev.flatness.robustness;

import dev.flatness.data.Dataset;
import java.util.OptionalDouble;

/**
 * The samples as a layer reads them.
 *
 * @param data where they come from
 * @param features one row a sample
 * @param losses ℓ of each
 */
record FeatureSamples(Dataset data, double[][] features, double[] losses) {
  static FeatureSamples of(RobustnessRun run) {
    return of(run.pass(), run.workers());
  }

  static FeatureSamples of(ChangePass pass, Workers workers) {
    double[][] features = new double[pass.samples()][];
    double[] losses = new double[features.length];
    workers.run(
        pass.chunks(),
        index -> {
          ChangePass.Chunk chunk = pass.chunk(index);
          int m = chunk.inputs().length / chunk.count();
          for (int i = 0; i < chunk.count(); i++) {
            double[] row = new double[m];
            for (int t = 0; t < m; t++) {
              row[t] = chunk.inputs()[t * chunk.count() + i];
            }
            features[chunk.first() + i] = row;
            losses[chunk.first() + i] = chunk.losses()[i];
          }
        });
    return new FeatureSamples(pass.dataset(), features, losses);
  }

  /** The share of samples whose nearest neighbour lies within δ‖φ‖ and has another label. */
  OptionalDouble otherLabel(Neighbours.Found found, double delta) {
    if (data.targetKind() != Dataset.TargetKind.LABELS) {
      return OptionalDouble.empty();
    }
    double[] labels = new double[data.size() * data.targetSize()];
    data.readTargets(0, data.size(), labels);
    int size = data.targetSize();
    int others = 0;
    for (int i = 0; i < features.length; i++) {
      double norm = 0;
      for (double x : features[i]) {
        norm = Math.hypot(norm, x);
      }
      boolean other = false;
      for (int k = 0; k < size; k++) {
        other |= labels[i * size + k] != labels[found.nearest()[i] * size + k];
      }
      others += other && found.distance()[i] <= delta * norm ? 1 : 0;
    }
    return OptionalDouble.of((double) others / features.length);
  }
}
