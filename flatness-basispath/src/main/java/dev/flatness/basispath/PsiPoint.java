package dev.flatness.basispath;

import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.cost.Pass;
import dev.flatness.hessian.SurfacePoint;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A subject in basis-path coordinates. */
record PsiPoint(BasisPaths paths, BasisPathCoordinates coordinates, PulledBackSurface surface) {
  /** The coordinates of a subject, or why there are none. */
  static final Fact<Found> FACT = Fact.of("basis paths", PsiPoint::find);

  private static final String EIGENVALUES = "eigenvalues in basis-path coordinates";

  /** The surface in these coordinates at the network, with the one Lanczos run on its Hessian. */
  static final Fact<SurfacePoint> AT =
      Fact.random(
          EIGENVALUES,
          subject -> {
            PsiPoint point = subject.get(FACT).point();
            return SurfacePoint.of(
                subject, point.surface(), point.paths().values(), "psi-spectrum", EIGENVALUES);
          });

  // Trained classifiers took 14 to 23 products for the largest, 23 to 51 for the smallest.
  static final Fact<SurfacePoint> TOP =
      Fact.random(EIGENVALUES, subject -> subject.get(AT)).costing(Pass.HESSIAN_PRODUCT, 20);
  static final Fact<SurfacePoint> BOTTOM =
      Fact.random(EIGENVALUES, subject -> subject.get(AT)).costing(Pass.HESSIAN_PRODUCT, 45);

  /** The point, or why there is none. */
  static final class Found {
    private final @Nullable PsiPoint point;
    private final @Nullable String refusal;

    private Found(@Nullable PsiPoint point, @Nullable String refusal) {
      this.point = point;
      this.refusal = refusal;
    }

    Optional<String> refusal() {
      return Optional.ofNullable(refusal);
    }

    PsiPoint point() {
      if (point == null) {
        throw new IllegalArgumentException(refusal);
      }
      return point;
    }
  }

  private static Found find(Subject subject) {
    try {
      BasisPaths paths =
          BasisPaths.of(subject.settings().get(PsiMeasures.SKELETON).choose(subject.network()));
      BasisPathCoordinates coordinates = paths.coordinates();
      return new Found(
          new PsiPoint(paths, coordinates, new PulledBackSurface(subject.surface(), coordinates)),
          null);
    } catch (IllegalArgumentException refused) {
      return new Found(null, "it has no basis-path coordinates: " + refused.getMessage());
    }
  }

  /** The Hessian in v at the network. */
  SymmetricOperator hessian() {
    return surface.hessian(paths.values());
  }
}
