package dev.flatness.internal.runs;

import dev.flatness.internal.files.OutputFile;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The state of long work in a file, with what the run is of: a run that was killed goes on from it
 * and gives the same bits.
 *
 * <p>Format, numbers in network order: a magic number of eight bytes, which names the kind of work;
 * the length of a text and the text in UTF-8, a line {@code name=value} for each thing that decides
 * a bit of the result; the state; the CRC-32 of all before.
 */
public final class StateFile {
  private static final int BLOCK = 1 << 13;
  private static final int MOST_TEXT = 1 << 20;

  private final Path path;
  private final long magic;
  private final String kind;
  private final Map<String, String> run;

  private StateFile(Path path, long magic, String kind, Map<String, String> run) {
    this.path = path;
    this.magic = magic;
    this.kind = kind;
    this.run = run;
  }

  /** Writes a state. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes.
     *
     * @param out where to
     * @throws IOException if that fails
     */
    void write(DataOutputStream out) throws IOException;
  }

  /** Reads a state. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads.
     *
     * @param in the state
     * @param bytes the length of the state that the file's length leaves
     * @return whether the state makes sense
     * @throws IOException if that fails
     */
    boolean read(DataInputStream in, long bytes) throws IOException;
  }

  /**
   * Names a file, which need not exist.
   *
   * @param path the file
   * @param magic eight letters that name the kind of work
   * @param kind the kind of work in words, as {@code a landscape}
   * @param run all that decides a bit of the result, by name
   * @return the file
   * @throws UncheckedIOException if the file could not be written
   */
  public static StateFile of(Path path, String magic, String kind, Map<String, String> run) {
    try {
      OutputFile.check(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    long number = ByteBuffer.wrap(magic.getBytes(StandardCharsets.US_ASCII)).getLong();
    return new StateFile(path, number, kind, new LinkedHashMap<>(run));
  }

  private byte[] text() {
    StringBuilder text = new StringBuilder();
    run.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes a state in the place of the one that is there.
   *
   * @param state writes it
   */
  public void write(Writer state) {
    try {
      OutputFile.write(path, true, stream -> write(state, stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void write(Writer state, OutputStream stream) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    byte[] text = text();
    out.writeLong(magic);
    out.writeInt(text.length);
    out.write(text);
    state.write(out);
    out.writeLong(checked.getChecksum().getValue());
  }

  /**
   * Reads the state, where the file exists.
   *
   * @param state reads it
   * @return whether there was a file
   * @throws IllegalArgumentException if the file is damaged or of another run, naming what differs
   */
  public boolean read(Reader state) {
    if (!Files.exists(path)) {
      return false;
    }
    try (CheckedInputStream checked =
        new CheckedInputStream(
            new BufferedInputStream(Files.newInputStream(path), 1 << 16), new CRC32())) {
      DataInputStream in = new DataInputStream(checked);
      if (in.readLong() != magic) {
        throw damaged("is no state of " + kind);
      }
      int length = in.readInt();
      if (length < 0 || length > MOST_TEXT) {
        throw damaged("is damaged");
      }
      byte[] text = in.readNBytes(length);
      if (text.length < length) {
        throw damaged("is damaged");
      }
      requireSame(new String(text, StandardCharsets.UTF_8));
      boolean sensible = state.read(in, Files.size(path) - (8L + 4 + length + 8));
      long sum = checked.getChecksum().getValue();
      if (!sensible || in.readLong() != sum) {
        throw damaged("is damaged");
      }
      return true;
    } catch (EOFException e) {
      throw damaged("is damaged");
    } catch (IOException e) {
      throw new UncheckedIOException("the state in " + path + " cannot be read", e);
    }
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

  /**
   * Writes numbers.
   *
   * @param out where to
   * @param numbers all are written, without their count
   * @throws IOException if that fails
   */
  public static void write(DataOutputStream out, double[] numbers) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (int from = 0; from < numbers.length; from += BLOCK) {
      int length = Math.min(BLOCK, numbers.length - from);
      bytes.clear();
      bytes.asDoubleBuffer().put(numbers, from, length);
      out.write(bytes.array(), 0, length * Double.BYTES);
    }
  }

  /**
   * Reads numbers.
   *
   * @param in where from
   * @param numbers receives as many as it has entries
   * @throws IOException if that fails
   */
  public static void read(DataInputStream in, double[] numbers) throws IOException {
    byte[] bytes = new byte[BLOCK * Double.BYTES];
    for (int from = 0; from < numbers.length; from += BLOCK) {
      int length = Math.min(BLOCK, numbers.length - from);
      in.readFully(bytes, 0, length * Double.BYTES);
      ByteBuffer.wrap(bytes).asDoubleBuffer().get(numbers, from, length);
    }
  }

  /**
   * Returns the CRC-32 of numbers, to tell runs apart.
   *
   * @param numbers any
   * @return eight digits or fewer
   */
  public static String code(double[]... numbers) {
    CRC32 crc = new CRC32();
    for (double[] part : numbers) {
      update(crc, part, part.length);
    }
    return Long.toHexString(crc.getValue());
  }

  /**
   * Returns the CRC-32 of a text, to tell runs apart.
   *
   * @param text any
   * @return eight digits or fewer
   */
  public static String code(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  /**
   * Adds numbers to a checksum.
   *
   * @param crc the checksum
   * @param numbers the numbers
   * @param count how many of them
   */
  public static void update(CRC32 crc, double[] numbers, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (int from = 0; from < count; from += BLOCK) {
      int length = Math.min(BLOCK, count - from);
      bytes.clear();
      bytes.asDoubleBuffer().put(numbers, from, length);
      crc.update(bytes.array(), 0, length * Double.BYTES);
    }
  }
}
