package dev.flatness.onnx;

import dev.flatness.internal.text.Printable;

/** Helps error messages to stay short and printable whatever a file holds. */
final class Messages {
  private static final int LONGEST = 4000;

  private Messages() {}

  static IllegalArgumentException refused(String message) {
    return new IllegalArgumentException(
        message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…");
  }

  /** A name from the file in quotes, cut, control characters escaped. */
  static String quoted(String name) {
    return '"' + plain(name) + '"';
  }

  static String plain(String name) {
    return Printable.cut(name);
  }
}
