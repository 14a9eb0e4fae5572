package dev.flatness.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Python literal in a .npy header: a dictionary of exactly descr, fortran_order and shape. Only
 * this grammar is read; nothing is evaluated.
 */
final class PythonDictionary {
  private final String text;
  private int at;
  private @Nullable String descr;
  private @Nullable Boolean columnMajor;
  private long @Nullable [] shape;

  private PythonDictionary(String text) {
    this.text = text;
  }

  /** Throws IllegalArgumentException without details on any other text. */
  static PythonDictionary parse(String text) {
    PythonDictionary dictionary = new PythonDictionary(text);
    dictionary.parse();
    return dictionary;
  }

  String descr() {
    return Objects.requireNonNull(descr);
  }

  boolean columnMajor() {
    return Objects.requireNonNull(columnMajor);
  }

  long[] shape() {
    return Objects.requireNonNull(shape).clone();
  }

  private void parse() {
    expect('{');
    while (!accept('}')) {
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> {
          require(descr == null);
          descr = typeText();
        }
        case "fortran_order" -> {
          require(columnMajor == null);
          columnMajor = bool();
        }
        case "shape" -> {
          require(shape == null);
          shape = tuple();
        }
        default -> require(false);
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    require(at == text.length() && descr != null && columnMajor != null && shape != null);
  }

  /**
   * A string; the list of a structured type comes back as it stands, to be named in the refusal.
   */
  private String typeText() {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '[') {
      int start = at;
      int depth = 0;
      do {
        require(at < text.length());
        char c = text.charAt(at++);
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      } while (depth > 0);
      return text.substring(start, at);
    }
    return string();
  }

  private String string() {
    skipSpace();
    require(at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"'));
    int end = text.indexOf(text.charAt(at), at + 1);
    require(end > 0);
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private boolean bool() {
    skipSpace();
    boolean value = text.startsWith("True", at);
    require(value || text.startsWith("False", at));
    at += value ? 4 : 5;
    return value;
  }

  private long[] tuple() {
    List<Long> entries = new ArrayList<>();
    expect('(');
    while (!accept(')')) {
      entries.add(integer());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return entries.stream().mapToLong(Long::longValue).toArray();
  }

  /** Digits, with the L that Python 2 wrote. */
  private long integer() {
    skipSpace();
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    require(at > start && at - start <= 19);
    long value = Long.parseLong(text.substring(start, at));
    if (at < text.length() && text.charAt(at) == 'L') {
      at++;
    }
    return value;
  }

  private boolean accept(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    require(accept(c));
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private static void require(boolean grammatical) {
    if (!grammatical) {
      throw new IllegalArgumentException("not the dictionary of a .npy header");
    }
  }
}
