package dev.flatness.bench.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Small changes of bytes and numbers, as damage and malice make them. */
final class Mutation {
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    1000,
    4096,
    65535,
    65536,
    1 << 20,
    1 << 24,
    1 << 26,
    (1 << 26) + 1,
    300_000_000,
    Integer.MAX_VALUE - 16,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE / 8,
    Long.MAX_VALUE,
    -1,
    -2,
    Integer.MIN_VALUE,
    Long.MIN_VALUE
  };
  private static final int LARGEST = 1 << 20;

  private Mutation() {}

  /** A number that readers stumble over, or any small one. */
  static long number(Random random) {
    return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextInt(64) - 8;
  }

  static <T> T one(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** A few changes; the result has less than 1 MiB. */
  static byte[] of(byte[] input, Random random) {
    byte[] changed = input.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      changed = changed(changed, random);
    }
    return changed.length < LARGEST ? changed : Arrays.copyOf(changed, LARGEST - 1);
  }

  private static byte[] changed(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    // Headers are at the front, and directories of archives at the end.
    at = random.nextInt(3) == 0 ? Math.min(at, random.nextInt(64)) : at;
    at = random.nextInt(6) == 0 ? bytes.length - 1 - Math.min(at, random.nextInt(128)) : at;
    at = Math.max(0, at);
    switch (random.nextInt(8)) {
      case 0:
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return bytes;
      case 1:
        bytes[at] = (byte) random.nextInt();
        return bytes;
      case 2:
        return number(bytes, at, 1 << random.nextInt(4), random);
      case 3:
        return Arrays.copyOf(bytes, at);
      case 4:
        return spliced(bytes, at, at, random.nextInt(bytes.length + 1), random);
      case 5:
        return spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(16)), at, random);
      case 6:
        Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(64)), (byte) 0);
        return bytes;
      default:
        byte[] noise = new byte[1 + random.nextInt(16)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, at, Math.min(noise.length, bytes.length - at));
        return bytes;
    }
  }

  /** Writes a number of some bytes in either order. */
  private static byte[] number(byte[] bytes, int at, int size, Random random) {
    long number = number(random);
    boolean little = random.nextBoolean();
    for (int i = 0; i < size && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >> 8 * (little ? i : size - 1 - i));
    }
    return bytes;
  }

  /** Takes out what is from one place to another, and puts a run from a third place there. */
  private static byte[] spliced(byte[] bytes, int from, int to, int source, Random random) {
    int run = from == to ? Math.min(bytes.length - source, random.nextInt(256)) : 0;
    byte[] result = new byte[bytes.length - (to - from) + run];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(bytes, source, result, from, run);
    System.arraycopy(bytes, to, result, from + run, bytes.length - to);
    return result;
  }

  /** Changes words and numbers of a text, then perhaps single bytes. */
  static String text(String text, List<String> words, Random random) {
    StringBuilder changed = new StringBuilder(text);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && changed.length() > 0; i++) {
      int at = random.nextInt(changed.length());
      int end = at;
      while (end < changed.length() && Character.isLetterOrDigit(changed.charAt(end))) {
        end++;
      }
      String word = random.nextInt(3) == 0 ? String.valueOf(number(random)) : one(random, words);
      changed.replace(at, random.nextBoolean() ? end : at, word);
    }
    return changed.toString();
  }
}
