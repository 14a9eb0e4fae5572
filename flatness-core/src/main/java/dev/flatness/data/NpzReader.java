package dev.flatness.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Arrays of an .npz archive: stored ones are read in place, deflated ones unpacked once. */
final class NpzReader {
  /** Deflate packs at most 258 bytes into two bits: no honest entry unpacks to more. */
  static final long MAX_RATIO = 1032;

  private final Object file;
  private final ZipIndex zip;

  NpzReader(Bytes bytes, Object file) {
    this.file = file;
    this.zip = new ZipIndex(bytes, file);
  }

  StoredArray array(String key) {
    Map<String, ZipIndex.Entry> entries = zip.entries();
    ZipIndex.Entry entry = entries.getOrDefault(key + ".npy", entries.get(key));
    if (entry == null) {
      String found =
          String.join(
              ", ",
              entries.keySet().stream()
                  .limit(10)
                  .map(name -> Refusal.quote(name.replaceFirst("\\.npy$", "")))
                  .toList());
      throw Refusal.of(
          file,
          "has no array \"" + key + "\", found " + (found.isEmpty() ? "none" : found),
          "save inputs as x and targets as y: numpy.savez(file, x=inputs, y=targets)");
    }
    Object name = new Refusal.Array(file, key);
    if ((entry.flags() & 1) != 0) {
      throw Refusal.of(name, "is encrypted", "save it without a password");
    }
    if (!entry.isStored() && entry.method() != 8) {
      throw Refusal.of(
          name,
          "is packed by zip method " + entry.method() + ", expected 0 (stored) or 8 (deflated)",
          "save it with numpy.savez or numpy.savez_compressed");
    }
    Bytes packed = zip.packed(entry);
    try {
      return entry.isStored() ? stored(entry, packed, name) : deflated(entry, packed, name);
    } catch (EOFException | ZipException e) {
      throw damaged(name, "ends early or cannot be unpacked (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw damaged(name, "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static StoredArray stored(ZipIndex.Entry entry, Bytes packed, Object name)
      throws IOException {
    if (entry.size() != entry.packed()) {
      throw damaged(
          name, "is stored, but has two sizes, " + entry.size() + " and " + entry.packed(), null);
    }
    StoredArray array = NpyHeader.read(packed.stream(0), name).array(packed, name);
    try (CheckedInputStream in = new CheckedInputStream(packed.stream(0), new CRC32())) {
      byte[] block = new byte[Bytes.BLOCK];
      while (in.read(block) >= 0) {
        // only the checksum is wanted
      }
      requireChecksum(entry, in, name);
    }
    return array;
  }

  private static StoredArray deflated(ZipIndex.Entry entry, Bytes packed, Object name)
      throws IOException {
    Inflater inflater = new Inflater(true);
    try (CheckedInputStream in =
        new CheckedInputStream(
            new InflaterInputStream(packed.stream(0), inflater, Bytes.BLOCK), new CRC32())) {
      NpyHeader header = NpyHeader.read(in, name);
      long expected = header.length() + header.dataLength();
      if (entry.size() != expected) {
        throw damaged(
            name,
            "announces " + entry.size() + " bytes, but its header describes " + expected,
            null);
      }
      if (expected / MAX_RATIO > entry.packed()) {
        throw damaged(
            name,
            "claims to unpack "
                + entry.packed()
                + " bytes to "
                + expected
                + ", which deflate cannot",
            null);
      }
      Bytes data = unpack(in, header.dataLength(), name);
      try {
        if (in.read() >= 0) {
          throw damaged(name, "goes on beyond the " + expected + " bytes of its header", null);
        }
        requireChecksum(entry, in, name);
        return header.array(data, 0, name);
      } catch (IOException | RuntimeException e) {
        data.close();
        throw e;
      }
    } finally {
      inflater.end();
    }
  }

  /** Unpacks exactly as many bytes as announced, and never more. */
  static Bytes unpack(InputStream in, long length, Object name) throws IOException {
    Spool spool = new Spool();
    try {
      byte[] block = new byte[Bytes.BLOCK];
      long left = length;
      while (left > 0) {
        int got = in.read(block, 0, (int) Math.min(block.length, left));
        if (got < 0) {
          throw damaged(name, "ends " + left + " bytes early", null);
        }
        spool.write(block, 0, got);
        left -= got;
      }
      return spool.finish();
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
  }

  private static void requireChecksum(ZipIndex.Entry entry, CheckedInputStream in, Object name) {
    if (in.getChecksum().getValue() != entry.crc()) {
      throw damaged(name, "has another checksum than the archive says", null);
    }
  }

  private static IllegalArgumentException damaged(
      Object name, String problem, @Nullable Exception cause) {
    return Refusal.of(name, problem, "the file is damaged, copy or save it again", cause);
  }
}
