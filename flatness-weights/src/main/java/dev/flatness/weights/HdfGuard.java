package dev.flatness.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks at an HDF5 file before it is read, for what would make reading it endless: index nodes that
 * name each other, and heaps whose size is no more than a number.
 */
final class HdfGuard {
  private static final int MOST_LEAVES = 100_000;
  private static final int MOST_DEPTH = 64;

  private final byte[] bytes;
  private final ByteBuffer data;
  private final Map<Integer, Long> leaves = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();

  private HdfGuard(byte[] bytes) {
    this.bytes = bytes;
    this.data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static void check(byte[] bytes) {
    new HdfGuard(bytes).check();
  }

  private void check() {
    if (bytes.length < 96) {
      throw Contents.refused(
          "it is an HDF5 file of "
              + bytes.length
              + " bytes, expected at least 96; it was cut off, so copy it again");
    }
    // a version 0 superblock: offsets and lengths of eight bytes
    if (bytes[8] != 0 || bytes[13] != 8 || bytes[14] != 8) {
      throw Contents.refused(
          "it is an HDF5 file with superblock version "
              + bytes[8]
              + " and offsets of "
              + bytes[13]
              + " bytes, expected version 0 and 8 bytes, which Keras and h5py write; save it with"
              + " libver=\"earliest\"");
    }
    for (int at = 0; at + 24 <= bytes.length; at++) {
      if (is(at, 'F', 'R', 'H', 'P') && bytes[at + 4] == 0) {
        throw Contents.refused(
            "it keeps names in fractal heaps, expected groups as Keras and h5py write them; save it"
                + " with libver=\"earliest\" and without track_order");
      }
      if (is(at, 'T', 'R', 'E', 'E') && leaves(at, 0) > MOST_LEAVES) {
        throw Contents.refused(
            "it has an index of more than "
                + MOST_LEAVES
                + " nodes, or one that names itself; the file is damaged");
      }
    }
  }

  private boolean is(int at, char... signature) {
    for (int i = 0; i < signature.length; i++) {
      if (bytes[at + i] != signature[i]) {
        return false;
      }
    }
    return true;
  }

  /** The leaves that a walk from an index node meets, however often. */
  private long leaves(int at, int depth) {
    Long known = leaves.get(at);
    if (known != null) {
      return known;
    }
    if (depth > MOST_DEPTH || !open.add(at)) {
      return MOST_LEAVES + 1L;
    }
    long count = 1;
    if (at + 24 <= bytes.length && is(at, 'T', 'R', 'E', 'E') && data.getShort(at + 4) != 0) {
      int entries = data.getShort(at + 6) & 0xffff;
      for (int i = 0; i < entries && count <= MOST_LEAVES; i++) {
        long child = at + 32L + 16L * i;
        if (child + 8 > bytes.length) {
          break;
        }
        long address = data.getLong((int) child);
        count += address < 0 || address > bytes.length ? 1 : leaves((int) address, depth + 1);
      }
    }
    open.remove(at);
    leaves.put(at, count);
    return count;
  }
}
