package dev.flatness.data;

import dev.flatness.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/** The form of every complaint about a file: which one, what is wrong with it, what to do. */
final class Refusal {
  private Refusal() {}

  static IllegalArgumentException of(Object file, String problem, String remedy) {
    return new IllegalArgumentException(file + ": " + problem + "; " + remedy);
  }

  static IllegalArgumentException of(
      Object file, String problem, String remedy, @Nullable Exception cause) {
    return new IllegalArgumentException(file + ": " + problem + "; " + remedy, cause);
  }

  /** Text from a file, made fit for a message: short, without control characters. */
  static String quote(String text) {
    String shown = text.length() <= 60 ? text : text.substring(0, 57) + "...";
    return '"' + Printable.of(shown) + '"';
  }
}
