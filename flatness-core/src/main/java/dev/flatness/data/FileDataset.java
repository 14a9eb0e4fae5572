package dev.flatness.data;

import dev.flatness.tensor.Shape;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Samples in files, decoded and preprocessed as they are read.
 *
 * <p>Units: after preprocessing. Cost: reads go to the file by position, so memory does not grow
 * with the number of samples; what is compressed or text is unpacked once, beyond 64 MiB (in heaps
 * below 1 GiB a sixteenth of them) into a temporary file that vanishes when the dataset is closed
 * or the process ends. Several threads may read at once; interrupting one while it reads closes the
 * file.
 *
 * <p>Errors: a read fails with {@link IllegalStateException} after {@link #close}, with {@link
 * java.io.UncheckedIOException} where the file has become unreadable.
 */
public final class FileDataset implements Dataset, AutoCloseable {
  private final Samples samples;
  private final InputFit fit;
  private final int skip;
  private final int size;
  private final String name;
  private volatile boolean closed;

  private FileDataset(Samples samples, InputFit fit, int skip, int size, String name) {
    this.samples = samples;
    this.fit = fit;
    this.skip = skip;
    this.size = size;
    this.name = name;
  }

  static FileDataset open(DataSource source, @Nullable Shape model, Preprocessing preprocessing) {
    Samples samples = SampleFiles.open(source);
    try {
      InputFit fit = InputFit.of(samples, model, preprocessing);
      String file = String.valueOf(samples.file().getFileName());
      int all = samples.inputs().count();
      int skip = preprocessing.skip();
      int size = Subset.size(file, all, skip, preprocessing.limit().orElse(Integer.MAX_VALUE));
      FileDataset data =
          new FileDataset(samples, fit, skip, size, Subset.name(file, all, skip, size));
      DatasetChecks.requireValid(data, samples.file(), skip);
      return data;
    } catch (RuntimeException e) {
      samples.close();
      throw e;
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape inputShape() {
    return fit.shape();
  }

  @Override
  public TargetKind targetKind() {
    return samples.kind();
  }

  @Override
  public int targetSize() {
    return samples.targets().sample().size();
  }

  @Override
  public void read(int first, int count, double[] inputs, double[] targets) {
    DatasetChecks.requireRoom(this, first, count, inputs, targets);
    requireOpen();
    if (count == 0) {
      return;
    }
    samples.inputs().read(skip + first, count, inputs);
    samples.targets().read(skip + first, count, targets);
    fit.apply(count, inputs);
  }

  @Override
  public void readTargets(int first, int count, double[] targets) {
    Objects.checkFromIndexSize(first, count, size);
    requireOpen();
    if (count > 0) {
      samples.targets().read(skip + first, count, targets);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed; open it again to read it");
    }
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * Returns what was done to the samples without being asked for: axes moved, added or dropped,
   * pixels scaled.
   *
   * @return one sentence a step, in the order in which they were taken
   */
  public List<String> notes() {
    return fit.notes();
  }

  /** Closes the file and drops what was unpacked. */
  @Override
  public void close() {
    closed = true;
    samples.close();
  }
}
