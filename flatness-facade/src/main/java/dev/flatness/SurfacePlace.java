package dev.flatness;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.measure.Estimate;
import dev.flatness.random.Seed;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.ProductError;
import dev.flatness.surface.Slope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A surface of one's own at a point, in coordinates where some were named.
 *
 * @param surface l
 * @param point η
 * @param system the coordinates; null for the parameters themselves
 */
record SurfacePlace(LossSurface surface, double[] point, @Nullable CoordinateSystem system) {
  static SurfacePlace of(LossSurface surface, double[] theta, @Nullable CoordinateSystem system) {
    if (system == null) {
      return new SurfacePlace(surface, theta, null);
    }
    Coordinates coordinates = system.at(theta.clone());
    return new SurfacePlace(
        new PulledBackSurface(surface, coordinates), coordinates.coordinatesOf(theta), system);
  }

  /** The surface, with an exception of its own for points outside its domain. */
  LossSurface guarded() {
    return system == null ? surface : new GuardedSurface(surface);
  }

  String coordinates() {
    return system == null ? CoordinateSystem.WEIGHTS : system.name();
  }

  /** Refuses a loss or a gradient that is not finite. */
  Slope finite(Slope slope) {
    if (!Double.isFinite(slope.loss())) {
      throw new IllegalArgumentException(
          "the loss at the point is " + slope.loss() + ", expected a finite number");
    }
    for (int i = 0; i < slope.gradient().length; i++) {
      if (!Double.isFinite(slope.gradient()[i])) {
        throw new IllegalArgumentException(
            "entry "
                + i
                + " of the gradient at the point is "
                + slope.gradient()[i]
                + ", expected a finite number");
      }
    }
    return slope;
  }

  Estimate described(Estimate estimate) {
    if (system == null) {
      return estimate;
    }
    Estimate described = estimate.withDetail("coordinates", system.name());
    for (Map.Entry<String, Object> setting : system.settings().entrySet()) {
      described = described.withDetail(setting.getKey(), setting.getValue());
    }
    return described;
  }

  /** What reproduces the numbers, and what products are wrong by. */
  Map<String, Object> recorded(Seed seed, Map<String, Object> settings) {
    Map<String, Object> recorded = new LinkedHashMap<>();
    recorded.put("seed", seed.value());
    recorded.put("coordinates", coordinates());
    if (system != null) {
      recorded.putAll(system.settings());
    }
    recorded.putAll(settings);
    if (surface instanceof DifferencedSurface differenced) {
      ProductError error = differenced.productError(point);
      recorded.put("differenceStep", error.step());
      recorded.put("differenceOrder", error.order());
      recorded.put("gradientNoise", error.gradientNoise());
    }
    double error = surface.hessian(point).error();
    if (error != 0) {
      recorded.put("productError", error);
    }
    return recorded;
  }
}
