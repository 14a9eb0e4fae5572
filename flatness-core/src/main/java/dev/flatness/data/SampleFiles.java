package dev.flatness.data;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens the samples of a source, whatever their format. */
final class SampleFiles {
  private SampleFiles() {}

  static Samples open(DataSource source) {
    Path file = source.file();
    DataFormat format = DataFormat.detect(file);
    boolean apart = format == DataFormat.NPY || format == DataFormat.IDX;
    if (!apart && source.labels().isPresent()) {
      throw Refusal.of(
          file, "holds its own labels", "leave out the label file " + source.labels().get());
    }
    if (format != DataFormat.CSV && source.labelColumn() > 0) {
      throw Refusal.of(
          file,
          "is a file of format " + format + ", which has no columns",
          "leave out the label column " + source.labelColumn());
    }
    return switch (format) {
      case NPZ -> npz(source);
      case NPY, IDX -> pair(source);
      case CIFAR10 -> Cifar10Reader.read(file);
      case CSV -> CsvReader.read(file, source.labelColumn());
    };
  }

  private static Samples npz(DataSource source) {
    Path file = source.file();
    Bytes bytes = Bytes.of(file);
    @Nullable StoredArray inputs = null;
    @Nullable StoredArray targets = null;
    try {
      NpzReader reader = new NpzReader(bytes, file);
      inputs = reader.array(source.inputKey());
      targets = reader.array(source.targetKey());
      Samples samples =
          Samples.pair(
              file,
              "array \"" + source.inputKey() + "\"",
              inputs,
              new Refusal.Array(file, source.targetKey()),
              targets);
      return samples.owning(bytes);
    } catch (RuntimeException e) {
      close(inputs);
      close(targets);
      bytes.close();
      throw e;
    }
  }

  private static Samples pair(DataSource source) {
    Path file = source.file();
    StoredArray inputs = array(file);
    @Nullable StoredArray targets = null;
    try {
      if (source.labels().isEmpty()) {
        throw inputs.sample().size() == 1
            ? Refusal.of(file, "holds labels, no samples", "give it as the label file (--labels)")
            : Refusal.of(file, "holds no labels", "name the file of its labels (--labels FILE)");
      }
      Path labels = source.labels().get();
      targets = array(labels);
      if (inputs.sample().size() == 1 && targets.sample().size() > 1) {
        throw Refusal.of(
            file,
            "holds one number a sample and " + labels + " " + targets.sample().size(),
            "exchange the data file and the label file");
      }
      return Samples.pair(file, file, inputs, labels, targets);
    } catch (RuntimeException e) {
      close(inputs);
      close(targets);
      throw e;
    }
  }

  private static StoredArray array(Path file) {
    DataFormat format = DataFormat.detect(file);
    if (format == DataFormat.IDX) {
      return IdxReader.read(file);
    }
    if (format != DataFormat.NPY) {
      throw Refusal.of(
          file, "is a file of format " + format + ", expected labels", "give an IDX or .npy file");
    }
    Bytes bytes = Bytes.of(file);
    try {
      return NpyHeader.read(bytes.stream(0), file).array(bytes, file);
    } catch (IOException e) {
      bytes.close();
      throw Refusal.of(file, "cannot be read (" + e.getMessage() + ")", "copy it again", e);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static void close(@Nullable StoredArray array) {
    if (array != null) {
      array.bytes().close();
    }
  }
}
