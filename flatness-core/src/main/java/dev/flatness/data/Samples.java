package dev.flatness.data;

import dev.flatness.data.Dataset.TargetKind;
import java.nio.file.Path;

/**
 * What a reader found: inputs and targets as they are stored.
 *
 * @param file where, for messages
 * @param inputs the inputs
 * @param targets as many targets
 * @param kind what the targets are
 * @param planes whether the format says that an input is [channel, height, width]; false where it
 *     tells nothing or there is no channel
 * @param opened what else is to be closed
 */
record Samples(
    Path file,
    StoredArray inputs,
    StoredArray targets,
    TargetKind kind,
    boolean planes,
    Bytes opened)
    implements AutoCloseable {
  private static final int MOST_CLASSES = 1 << 16;
  private static final int CHUNK_ENTRIES = 1 << 16;

  /**
   * Pairs inputs with targets: integers and booleans are labels, floating-point numbers and one-hot
   * rows real.
   */
  static Samples pair(
      Path file, Object inputsName, StoredArray inputs, Object name, StoredArray targets) {
    if (inputs.count() != targets.count()) {
      throw Refusal.of(
          name,
          "has "
              + targets.count()
              + " targets, but "
              + inputsName
              + " has "
              + inputs.count()
              + " samples",
          "give files of the same samples");
    }
    if (targets.sample().rank() > 1) {
      throw Refusal.of(
          name,
          "has targets of shape "
              + targets.sample()
              + " for each sample, expected one label or a"
              + " vector",
          "save targets of shape [samples] or [samples, outputs]");
    }
    if (!targets.type().isWhole()) {
      return new Samples(file, inputs, targets, TargetKind.REAL, false, inputs.bytes());
    }
    if (targets.sample().size() == 1) {
      return new Samples(file, inputs, targets, TargetKind.LABELS, false, inputs.bytes());
    }
    if (!binary(targets)) {
      throw Refusal.of(
          name,
          "has "
              + targets.sample().size()
              + " integers of type "
              + targets.type()
              + " for each sample, expected one label, or a row of zeros and ones",
          "save class indices of shape [samples], or real targets as float64");
    }
    return new Samples(file, inputs, targets, TargetKind.REAL, false, inputs.bytes());
  }

  /** Whether every target is 0 or 1: one-hot rows, or labels of which several hold. */
  private static boolean binary(StoredArray targets) {
    int size = targets.sample().size();
    if (size > MOST_CLASSES) {
      return false;
    }
    int most = Math.max(1, Math.min(targets.count(), CHUNK_ENTRIES / size));
    double[] rows = new double[most * size];
    for (int first = 0; first < targets.count(); first += most) {
      int count = Math.min(most, targets.count() - first);
      targets.read(first, count, rows);
      for (int i = 0; i < count * size; i++) {
        if (rows[i] != 0 && rows[i] != 1) {
          return false;
        }
      }
    }
    return true;
  }

  /** The same samples, which close the archive they were read from. */
  Samples owning(Bytes archive) {
    return new Samples(file, inputs, targets, kind, planes, archive);
  }

  @Override
  public void close() {
    inputs.bytes().close();
    targets.bytes().close();
    opened.close();
  }
}
