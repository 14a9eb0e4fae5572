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

  /** The last part of a path. */
  static String last(String path) {
    int slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    return path.substring(slash + 1);
  }
}
