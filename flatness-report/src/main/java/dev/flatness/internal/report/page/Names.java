package dev.flatness.internal.report.page;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Names of files and of elements of a page. */
final class Names {
  private Names() {}

  /** Letters, digits and hyphens of a text; two texts may become one, and a text nothing. */
  static String file(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return plain.replaceAll("^-|-$", "");
  }

  /**
   * Names files by texts.
   *
   * @param texts in the order of the report
   * @return a name for each text, with a number where the name of another text is the same or
   *     nothing is left
   */
  static Map<String, String> files(Collection<String> texts) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String text : texts) {
      if (names.containsKey(text)) {
        continue;
      }
      String plain = file(text);
      String name = plain;
      for (int number = plain.isEmpty() ? 1 : 2;
          name.isEmpty() || names.containsValue(name);
          number++) {
        name = plain.isEmpty() ? Integer.toString(number) : plain + "-" + number;
      }
      names.put(text, name);
    }
    return names;
  }

  /** A curvature matrix by its id, as people write it. */
  static String matrix(String id) {
    return switch (id) {
      case "hessian" -> "Hessian";
      case "gauss-newton" -> "Gauss–Newton matrix";
      case "fisher" -> "empirical Fisher matrix";
      case "true-fisher" -> "Fisher matrix of drawn labels";
      default -> id;
    };
  }

  /** What coordinates are called in a sentence. */
  static String coordinates(String id) {
    return switch (id) {
      case "basis-paths" -> "basis paths";
      case "log-magnitude" -> "log magnitudes";
      case "canonical" -> "weights of the canonical network";
      default -> id;
    };
  }

  /** Begins with a capital letter, and ends with a full stop. */
  static String sentence(String words) {
    if (words.isEmpty()) {
      return words;
    }
    String begun = words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    return begun.endsWith(".") ? begun : begun + ".";
  }

  /**
   * Names files by the last parts of their paths, with as many folders as tell each from the
   * others.
   *
   * @param paths of files; the same path twice is one file
   * @return a name for each path
   */
  static Map<String, String> apart(Collection<String> paths) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String path : paths) {
      int parts = 1;
      while (!last(path, parts).equals(path) && endsAlike(path, parts, paths)) {
        parts++;
      }
      names.put(path, last(path, parts));
    }
    return names;
  }

  private static boolean endsAlike(String path, int parts, Collection<String> paths) {
    String name = last(path, parts);
    return paths.stream().anyMatch(p -> !p.equals(path) && last(p, parts).equals(name));
  }

  private static String last(String path, int parts) {
    int start = path.length();
    for (int part = 0; part < parts && start >= 0; part++) {
      start = Math.max(path.lastIndexOf('/', start - 1), path.lastIndexOf('\\', start - 1));
    }
    return path.substring(start + 1);
  }

  /** The last part of a path. */
  static String last(String path) {
    return last(path, 1);
  }
}
