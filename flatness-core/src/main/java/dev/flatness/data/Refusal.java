package dev.flatness.data;

import dev.flatness.internal.text.Printable;
import org.jspecify.annotations.Nullable;

/** The form of every complaint about a file: which one, what is wrong with it, what to do. */
final class Refusal {
  private Refusal() {}

  /** An array of an archive, which is the subject of the sentence after the name of the file. */
  record Array(Object file, String key) {
    @Override
    public String toString() {
      return file + ": array \"" + key + '"';
    }
  }

  static IllegalArgumentException of(Object file, String problem, String remedy) {
    return of(file, problem, remedy, null);
  }

  static IllegalArgumentException of(
      Object file, String problem, String remedy, @Nullable Exception cause) {
    String subject = file + (file instanceof Array ? " " : ": ");
    return new IllegalArgumentException(subject + problem + "; " + remedy, cause);
  }

  /** Text from a file, made fit for a message: short, without control characters. */
  static String quote(String text) {
    String shown = text.length() <= 60 ? text : text.substring(0, 57) + "...";
    return '"' + Printable.of(shown) + '"';
  }
}
