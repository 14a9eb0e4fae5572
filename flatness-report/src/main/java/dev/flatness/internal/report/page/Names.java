package dev.flatness.internal.report.page;

import java.util.Locale;

/** Names of files and of elements of a page. */
final class Names {
  private Names() {}

  /** Letters, digits and hyphens of a text; no two texts of a report should become one. */
  static String file(String text) {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return plain.replaceAll("^-|-$", "");
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

  /** The last part of a path. */
  static String last(String path) {
    int slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    return path.substring(slash + 1);
  }
}
