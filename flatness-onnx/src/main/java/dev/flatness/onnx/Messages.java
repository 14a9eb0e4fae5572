package dev.flatness.onnx;

/** Helps error messages to stay short and printable whatever a file holds. */
final class Messages {
  private static final int LONGEST = 120;

  private Messages() {}

  static IllegalArgumentException refused(String message) {
    return new IllegalArgumentException(message);
  }

  /** A name from the file in quotes, cut and without control characters. */
  static String quoted(String name) {
    return '"' + plain(name) + '"';
  }

  static String plain(String name) {
    String cut = name.length() > LONGEST ? name.substring(0, LONGEST) + "…" : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
