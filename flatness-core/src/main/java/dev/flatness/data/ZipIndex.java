package dev.flatness.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the entries of a zip archive lie (APPNOTE 6.3, with zip64). The library's own reader gives
 * streams only; positions are needed to read stored arrays in place.
 */
final class ZipIndex {
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int MAX_DIRECTORY = 16 << 20;
  private static final String DAMAGED = "the file is truncated or damaged, copy or save it again";

  private final Bytes bytes;
  private final Object file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** One file in the archive. */
  record Entry(String name, int flags, int method, long crc, long packed, long size, long header) {
    boolean isStored() {
      return method == 0;
    }
  }

  ZipIndex(Bytes bytes, Object file) {
    this.bytes = bytes;
    this.file = file;
    readDirectory();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  /**
   * The packed bytes of an entry, after checks of its local header and of its place in the file.
   */
  Bytes packed(Entry entry) {
    if (entry.header < 0 || entry.header > bytes.length() - 30) {
      throw Refusal.of(
          file, "entry " + Refusal.quote(entry.name) + " lies outside the file", DAMAGED);
    }
    ByteBuffer local = read(entry.header, 30);
    long start = entry.header + 30 + u2(local, 26) + u2(local, 28);
    if (local.getInt(0) != LOCAL || entry.packed < 0 || entry.packed > bytes.length() - start) {
      throw Refusal.of(
          file, "entry " + Refusal.quote(entry.name) + " lies outside the file", DAMAGED);
    }
    return bytes.slice(start, entry.packed);
  }

  private void readDirectory() {
    long end = findEnd();
    ByteBuffer record = read(end, 22);
    long size = u4(record, 12);
    long start = u4(record, 16);
    if (end >= 20) {
      ByteBuffer locator = read(end - 20, 20);
      long end64 = locator.getLong(8);
      if (locator.getInt(0) == END64_LOCATOR && end64 >= 0 && end64 <= end - 76) {
        ByteBuffer record64 = read(end64, 56);
        if (record64.getInt(0) == END64) {
          size = record64.getLong(40);
          start = record64.getLong(48);
        }
      }
    }
    if (size < 0 || start < 0 || size > MAX_DIRECTORY || start > end - size) {
      throw Refusal.of(file, "its zip directory lies outside the file or is too large", DAMAGED);
    }
    ByteBuffer directory = read(start, (int) size);
    int at = 0;
    while (at + 46 <= directory.limit() && directory.getInt(at) == CENTRAL) {
      int next = at + 46 + u2(directory, at + 28) + u2(directory, at + 30) + u2(directory, at + 32);
      if (next > directory.limit()) {
        throw Refusal.of(file, "its zip directory ends inside an entry", DAMAGED);
      }
      Entry entry = entry(directory, at);
      if (entries.put(entry.name, entry) != null) {
        throw Refusal.of(
            file,
            "holds two entries named " + Refusal.quote(entry.name),
            "save it with one of each");
      }
      at = next;
    }
  }

  /** The end record stands in the last 64 KiB, its comment reaching exactly to the file's end. */
  private long findEnd() {
    int length = (int) Math.min(bytes.length(), 22 + 0xffff);
    ByteBuffer tail = read(bytes.length() - length, length);
    for (int at = length - 22; at >= 0; at--) {
      if (tail.getInt(at) == END && at + 22 + u2(tail, at + 20) == length) {
        return bytes.length() - length + at;
      }
    }
    throw Refusal.of(
        file, "is not a complete zip archive, it has no directory at its end", DAMAGED);
  }

  private Entry entry(ByteBuffer directory, int at) {
    byte[] name = new byte[u2(directory, at + 28)];
    directory.get(at + 46, name);
    long packed = u4(directory, at + 20);
    long size = u4(directory, at + 24);
    long header = u4(directory, at + 42);
    int extra = at + 46 + name.length;
    int extraEnd = extra + u2(directory, at + 30);
    while (extra + 4 <= extraEnd) {
      int field = extra + 4;
      int fieldEnd = field + u2(directory, extra + 2);
      if (u2(directory, extra) == 1 && fieldEnd <= extraEnd) {
        // zip64: the fields that are all ones in the entry, in this order
        if (size == 0xffffffffL && field + 8 <= fieldEnd) {
          size = directory.getLong(field);
          field += 8;
        }
        if (packed == 0xffffffffL && field + 8 <= fieldEnd) {
          packed = directory.getLong(field);
          field += 8;
        }
        if (header == 0xffffffffL && field + 8 <= fieldEnd) {
          header = directory.getLong(field);
        }
      }
      extra = fieldEnd;
    }
    return new Entry(
        new String(name, StandardCharsets.UTF_8),
        u2(directory, at + 8),
        u2(directory, at + 10),
        u4(directory, at + 16),
        packed,
        size,
        header);
  }

  private ByteBuffer read(long position, int length) {
    byte[] block = new byte[length];
    bytes.read(position, block, 0, length);
    return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int u2(ByteBuffer from, int at) {
    return from.getShort(at) & 0xffff;
  }

  private static long u4(ByteBuffer from, int at) {
    return from.getInt(at) & 0xffffffffL;
  }
}
