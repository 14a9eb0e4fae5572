package dev.flatness.data;

import dev.flatness.internal.files.Reason;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes that can be read by position from several threads at once: a file, a part of one, memory.
 */
interface Bytes extends Closeable {
  /** The most bytes read in one piece: bounds the memory of a read, whatever it asks for. */
  int BLOCK = 1 << 16;

  long length();

  /** Fills {@code count} entries of {@code into}; the caller keeps inside {@link #length()}. */
  void read(long position, byte[] into, int offset, int count);

  @Override
  void close();

  static Bytes of(byte[] array, int length) {
    return new Memory(array, length);
  }

  /** Opens a file; the caller has checked that it exists. */
  static Bytes of(Path file) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      return new Channel(file.toString(), channel, channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + " cannot be read: " + Reason.of(e) + "; check its permissions", e);
    }
  }

  /** A part of these bytes; closing it closes the whole. */
  default Bytes slice(long start, long length) {
    return new Slice(this, start, length);
  }

  /** The bytes from a position on, as a stream that does not close them. */
  default InputStream stream(long start) {
    return new Stream(this, start);
  }

  /** Bytes on the heap. */
  record Memory(byte[] array, long length) implements Bytes {
    @Override
    public void read(long position, byte[] into, int offset, int count) {
      System.arraycopy(array, Math.toIntExact(position), into, offset, count);
    }

    @Override
    public void close() {}
  }

  /** A file, read by positional reads, which share no cursor. */
  record Channel(String name, FileChannel channel, long length) implements Bytes {
    @Override
    public void read(long position, byte[] into, int offset, int count) {
      ByteBuffer buffer = ByteBuffer.wrap(into, offset, count);
      try {
        while (buffer.hasRemaining()) {
          int got = channel.read(buffer, position + buffer.position() - offset);
          if (got < 0) {
            throw new EOFException("it became shorter while it was read");
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            name
                + " cannot be read at byte "
                + position
                + ": "
                + Reason.of(e)
                + "; leave it as it is while it is in use, and start again",
            e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(name + " cannot be closed: " + Reason.of(e), e);
      }
    }
  }

  /** A part of other bytes. */
  record Slice(Bytes whole, long start, long length) implements Bytes {
    @Override
    public void read(long position, byte[] into, int offset, int count) {
      whole.read(start + position, into, offset, count);
    }

    @Override
    public void close() {
      whole.close();
    }
  }

  /** A cursor over bytes. */
  final class Stream extends InputStream {
    private final Bytes bytes;
    private long position;

    private Stream(Bytes bytes, long position) {
      this.bytes = bytes;
      this.position = position;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) {
      if (count == 0) {
        return 0;
      }
      int available = (int) Math.min(count, bytes.length() - position);
      if (available <= 0) {
        return -1;
      }
      bytes.read(position, into, offset, available);
      position += available;
      return available;
    }
  }
}
