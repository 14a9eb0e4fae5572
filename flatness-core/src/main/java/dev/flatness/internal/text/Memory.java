package dev.flatness.internal.text;

/** What messages say of bytes of memory, and of a heap that is too small. */
public final class Memory {
  /** What gives Java more heap, for users of the command and for programs. */
  public static final String MORE_HEAP =
      "give Java more heap (FLATNESS_JAVA_OPTIONS=-Xmx8g; in Java -Xmx8g)";

  private static final double MEBIBYTE = 1 << 20;

  private Memory() {}

  /**
   * Tells what something takes.
   *
   * @param bytes a number of bytes
   * @return the MiB, rounded up, for instance {@code 12 MiB}; below one the bytes
   */
  public static String needed(double bytes) {
    return shown(bytes, Math.ceil(bytes / MEBIBYTE));
  }

  /**
   * Tells what there is. It is less than what is {@linkplain #needed needed} in words, too, where
   * it is in bytes.
   *
   * @param bytes a number of bytes
   * @return the MiB, rounded down, for instance {@code 12 MiB}; below one the bytes
   */
  public static String available(double bytes) {
    return shown(bytes, Math.floor(bytes / MEBIBYTE));
  }

  private static String shown(double bytes, double mebibytes) {
    return bytes >= MEBIBYTE
        ? (long) mebibytes + " MiB"
        : (long) bytes + ((long) bytes == 1 ? " byte" : " bytes");
  }
}
