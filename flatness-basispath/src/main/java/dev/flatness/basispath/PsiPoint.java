package dev.flatness.basispath;

import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Subject;

/**
 * A subject in basis-path coordinates, made once for all measures of a run; or why there is none.
 */
final class PsiPoint {
  private final BasisPaths paths;
  private final BasisPathCoordinates coordinates;
  private final PulledBackSurface surface;
  private final String refusal;

  private PsiPoint(
      Subject subject, BasisPaths paths, BasisPathCoordinates coordinates, String refusal) {
    this.paths = paths;
    this.coordinates = coordinates;
    this.surface = paths == null ? null : new PulledBackSurface(subject.surface(), coordinates);
    this.refusal = refusal;
  }

  static PsiPoint of(Subject subject) {
    return subject.share("basis-paths", PsiPoint.class, () -> make(subject));
  }

  private static PsiPoint make(Subject subject) {
    try {
      Skeleton skeleton =
          BasisPathSettings.of(subject.settings()).skeleton().choose(subject.network());
      BasisPaths paths = BasisPaths.of(skeleton);
      return new PsiPoint(subject, paths, paths.coordinates(), null);
    } catch (IllegalArgumentException e) {
      return new PsiPoint(
          subject, null, null, "it has no basis-path coordinates: " + e.getMessage());
    }
  }

  /** Why there are no coordinates, or null. */
  String refusal() {
    return refusal;
  }

  BasisPaths paths() {
    return paths;
  }

  BasisPathCoordinates coordinates() {
    return coordinates;
  }

  PulledBackSurface surface() {
    return surface;
  }

  /** The Hessian in v at the network. */
  SymmetricOperator hessian() {
    return surface.hessian(paths.values());
  }

  /** The given radius, or one well inside the chart. */
  double epsilon(Subject subject) {
    return subject
        .settings()
        .givenEpsilon()
        .orElse(Math.min(subject.settings().epsilon(), paths.radius() / 10));
  }
}
