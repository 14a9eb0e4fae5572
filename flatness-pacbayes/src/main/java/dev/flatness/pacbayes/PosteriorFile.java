package dev.flatness.pacbayes;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.network.Node;
import dev.flatness.pacbayes.OptimizedPosterior.Epoch;
import dev.flatness.random.Seed;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The state of an optimisation in a file, with what the run is of: a run that was killed goes on
 * from it and gives the same bits.
 *
 * <p>Format, numbers in network order: the magic number; the length of a text and the text in
 * UTF-8, a line {@code name=value} for each thing that decides a bit of the result; the number of
 * epochs and steps; three numbers an epoch; six vectors of as many numbers as there are parameters;
 * the CRC-32 of all before.
 */
final class PosteriorFile {
  private static final long MAGIC = 0x464c4154504f5331L; // FLATPOS1
  private static final int VECTORS = 6;
  private static final int BLOCK = 1 << 13;
  private static final int MOST_TEXT = 1 << 20;

  private final Path path;
  private final Map<String, String> run;

  private PosteriorFile(Path path, Map<String, String> run) {
    this.path = path;
    this.run = run;
  }

  static PosteriorFile of(
      Path path,
      PosteriorOptimizer how,
      PosteriorProblem problem,
      DiagonalGaussian start,
      Seed seed) {
    Map<String, String> run = new LinkedHashMap<>();
    run.put("network", code(layers(problem)));
    run.put("prior", code(problem.prior()));
    run.put("start", code(start));
    run.put("samples", String.valueOf(problem.data().size()));
    run.put("data", code(problem));
    run.put("loss", problem.loss().id() + code(loss(problem)));
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
    try {
      OutputFile.check(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return new PosteriorFile(path, run);
  }

  private static byte[] layers(PosteriorProblem problem) {
    StringBuilder text = new StringBuilder();
    for (Node node : problem.network().nodes()) {
      text.append(node.layer()).append(node.inputs()).append(node.shape()).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] loss(PosteriorProblem problem) {
    StringBuilder text = new StringBuilder();
    problem
        .loss()
        .settings()
        .forEach(
            (name, value) ->
                text.append(name)
                    .append(value instanceof double[] row ? Arrays.toString(row) : value));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String code(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return " " + Long.toHexString(crc.getValue());
  }

  private static String code(DiagonalGaussian gaussian) {
    CRC32 crc = new CRC32();
    update(crc, gaussian.mean(), gaussian.dimension());
    update(crc, gaussian.sigma(), gaussian.dimension());
    return Long.toHexString(crc.getValue());
  }

  private static String code(PosteriorProblem problem) {
    CRC32 crc = new CRC32();
    int features = problem.data().inputShape().size();
    int width = problem.data().targetSize();
    int n = problem.data().size();
    int block = Math.min(n, Math.max(1, (1 << 17) / features));
    double[] x = new double[block * features];
    double[] y = new double[block * width];
    for (int from = 0; from < n; from += block) {
      int count = Math.min(block, n - from);
      problem.data().read(from, count, x, y);
      update(crc, x, count * features);
      update(crc, y, count * width);
    }
    return Long.toHexString(crc.getValue());
  }

  private static void update(CRC32 crc, double[] numbers, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      bytes.clear();
      bytes.asDoubleBuffer().put(numbers, from, length);
      crc.update(bytes.array(), 0, length * Double.BYTES);
    }
  }

  private byte[] text() {
    StringBuilder text = new StringBuilder();
    run.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the state in the place of the one that is there. */
  void write(PosteriorState state) {
    try {
      OutputFile.write(path, true, stream -> write(state, stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void write(PosteriorState state, OutputStream stream) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    byte[] text = text();
    out.writeLong(MAGIC);
    out.writeInt(text.length);
    out.write(text);
    out.writeInt(state.history.size());
    out.writeLong(state.steps);
    for (Epoch epoch : state.history) {
      out.writeDouble(epoch.surrogateRisk());
      out.writeDouble(epoch.divergence());
      out.writeDouble(epoch.bound());
    }
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (double[] vector : state.vectors()) {
      for (int from = 0; from < vector.length; from += BLOCK) {
        int length = Math.min(BLOCK, vector.length - from);
        bytes.clear();
        bytes.asDoubleBuffer().put(vector, from, length);
        out.write(bytes.array(), 0, length * Double.BYTES);
      }
    }
    out.writeLong(checked.getChecksum().getValue());
  }

  /**
   * Reads the state, where the file exists.
   *
   * @throws IllegalArgumentException if the file is damaged or of another run, naming what differs
   */
  void readInto(PosteriorState state) {
    if (!Files.exists(path)) {
      return;
    }
    try (CheckedInputStream checked =
        new CheckedInputStream(
            new BufferedInputStream(Files.newInputStream(path), 1 << 16), new CRC32())) {
      DataInputStream in = new DataInputStream(checked);
      if (in.readLong() != MAGIC) {
        throw damaged("is no state of a posterior");
      }
      int length = in.readInt();
      if (length < 0 || length > MOST_TEXT) {
        throw damaged("is damaged");
      }
      requireSame(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      int epochs = in.readInt();
      state.steps = in.readLong();
      if (epochs < 0 || Files.size(path) != size(length, epochs, state.mean.length)) {
        throw damaged("is damaged");
      }
      for (int epoch = 1; epoch <= epochs; epoch++) {
        state.history.add(new Epoch(epoch, in.readDouble(), in.readDouble(), in.readDouble()));
      }
      for (double[] vector : state.vectors()) {
        read(in, vector);
      }
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum || !state.valid()) {
        throw damaged("is damaged");
      }
    } catch (EOFException e) {
      throw damaged("is damaged");
    } catch (IOException e) {
      throw new UncheckedIOException("the state in " + path + " cannot be read", e);
    }
  }

  private static void read(DataInputStream in, double[] vector) throws IOException {
    byte[] bytes = new byte[BLOCK * Double.BYTES];
    for (int from = 0; from < vector.length; from += BLOCK) {
      int length = Math.min(BLOCK, vector.length - from);
      in.readFully(bytes, 0, length * Double.BYTES);
      ByteBuffer.wrap(bytes).asDoubleBuffer().get(vector, from, length);
    }
  }

  private static long size(int text, int epochs, int parameters) {
    return 8L + 4 + text + 4 + 8 + 24L * epochs + 8L * VECTORS * parameters + 8;
  }

  private void requireSame(String text) {
    List<String> there = text.lines().toList();
    List<String> here = new ArrayList<>();
    run.forEach((name, value) -> here.add(name + "=" + value));
    if (there.size() != here.size()) {
      throw damaged("is of another version");
    }
    for (int i = 0; i < here.size(); i++) {
      if (!here.get(i).equals(there.get(i))) {
        throw damaged(
            "is of another run: it has \"" + there.get(i) + "\", this run \"" + here.get(i) + "\"");
      }
    }
  }

  private IllegalArgumentException damaged(String what) {
    return new IllegalArgumentException(
        "the file " + path + " " + what + "; name another file, or remove it to start anew");
  }
}
