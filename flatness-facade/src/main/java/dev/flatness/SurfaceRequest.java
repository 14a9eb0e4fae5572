package dev.flatness;

import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.hessian.SurfacePoint;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.PassStoppedException;
import dev.flatness.surface.Slope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for measures of a loss surface of your own at a point.
 *
 * <p>Defaults: no coordinates but the parameters, seed 0. Cost: that of the measures on products of
 * the surface. Immutable.
 */
public final class SurfaceRequest {
  private final LossSurface surface;
  private final double[] theta;
  private final MeasureSelection selection;
  private final Settings settings;
  private final @Nullable CoordinateSystem system;
  private final Monitor monitor;
  private final Seed seed;

  private SurfaceRequest(
      LossSurface surface,
      double[] theta,
      MeasureSelection selection,
      Settings settings,
      @Nullable CoordinateSystem system,
      Monitor monitor,
      Seed seed) {
    this.surface = surface;
    this.theta = theta;
    this.selection = selection;
    this.settings = settings;
    this.system = system;
    this.monitor = monitor;
    this.seed = seed;
  }

  static SurfaceRequest of(LossSurface surface, double[] theta, MeasureSelection selection) {
    selection.requireSurfaceMeasures("on a loss surface of your own");
    return new SurfaceRequest(
        surface, theta, selection, Settings.withDefaults(), null, Monitor.NONE, Seed.of(0));
  }

  /**
   * Changes the settings.
   *
   * @param changed radius, limits, tolerance
   * @return the changed request
   */
  public SurfaceRequest with(Settings changed) {
    Objects.requireNonNull(changed, "changed");
    return new SurfaceRequest(surface, theta, selection, changed, system, monitor, seed);
  }

  /**
   * Changes one setting.
   *
   * @param setting which, for instance {@code Settings.TIME_LIMIT}
   * @param value its value
   * @param <T> the type of its values
   * @return the changed request
   * @throws IllegalArgumentException if the value is outside the setting's range
   */
  public <T> SurfaceRequest with(Setting<T> setting, T value) {
    return with(settings.with(setting, value));
  }

  /**
   * Names the coordinates that the measures are taken in; default the parameters themselves.
   *
   * @param coordinates some that need no network, for instance {@link
   *     CoordinateSystem#logMagnitude}
   * @return the changed request
   */
  public SurfaceRequest in(CoordinateSystem coordinates) {
    Objects.requireNonNull(coordinates, "coordinates");
    return new SurfaceRequest(surface, theta, selection, settings, coordinates, monitor, seed);
  }

  /**
   * Names who receives progress updates and may stop the work.
   *
   * @param who the monitor
   * @return the changed request
   */
  public SurfaceRequest monitor(Monitor who) {
    Objects.requireNonNull(who, "who");
    return new SurfaceRequest(surface, theta, selection, settings, system, who, seed);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public SurfaceRequest seed(long value) {
    return new SurfaceRequest(surface, theta, selection, settings, system, monitor, Seed.of(value));
  }

  /**
   * Measures.
   *
   * @return the report
   * @throws IllegalArgumentException if the surface has no such coordinates, or layers are named,
   *     or a measure asked for by name is not defined here, or loss and gradient are not finite
   */
  public SurfaceReport report() {
    requireNoLayers(settings);
    Monitor limited = settings.given(Settings.TIME_LIMIT).map(monitor::limitedTo).orElse(monitor);
    SurfacePlace place = SurfacePlace.of(surface, theta, system);
    SurfacePoint point = SurfacePoint.of(place.guarded(), place.point(), settings, seed, limited);
    Slope slope = place.finite(point.slope());
    List<Estimate> estimates = new ArrayList<>();
    int done = 0;
    requireDefined(point);
    for (MeasureSelection.Item item : selection.items()) {
      limited.update(item.measure().id(), done++, selection.items().size());
      estimates.add(place.described(take(item.measure(), point)));
    }
    limited.update("done", done, done);
    return new SurfaceReport(
        surface,
        slope.loss(),
        Vectors.scaledNorm(slope.gradient()),
        estimates,
        place.recorded(seed, settings.recorded(MeasureCatalog.installed().settings())));
  }

  /** Refuses layers, which only networks have. */
  static void requireNoLayers(Settings settings) {
    Set<String> layers = settings.given(Settings.LAYERS).orElse(Set.of());
    if (!layers.isEmpty()) {
      throw new IllegalArgumentException(
          "the layers " + layers + " were named, but a loss surface of your own has no layers");
    }
  }

  private void requireDefined(SurfacePoint point) {
    for (MeasureSelection.Item item : selection.items()) {
      if (item.named() && item.measure() instanceof SurfaceMeasure onSurface) {
        Optional<String> reason = onSurface.inapplicable(point);
        if (reason.isPresent()) {
          throw new IllegalArgumentException(
              "measure \""
                  + item.measure().id()
                  + "\" is not defined here: "
                  + reason.get()
                  + "; leave it out, or ask for its group");
        }
      }
    }
  }

  private static Estimate take(Measure measure, SurfacePoint point) {
    if (!(measure instanceof SurfaceMeasure onSurface)) {
      return CoordinateMeasure.without(
          measure,
          Outcome.notApplicable("it needs a network, which a loss surface of your own is not"));
    }
    Optional<String> reason = onSurface.inapplicable(point);
    if (reason.isPresent()) {
      return CoordinateMeasure.without(measure, Outcome.notApplicable(reason.get()));
    }
    try {
      long start = System.nanoTime();
      Estimate estimate = CoordinateMeasure.take(onSurface, point);
      return estimate.withSeconds((System.nanoTime() - start) * 1e-9);
    } catch (PassStoppedException late) {
      return CoordinateMeasure.without(
          measure,
          Outcome.of(Double.NaN, "none", Status.NOT_CONVERGED)
              .because(point.monitor().whyStopped() + " before there was a number"));
    } catch (ArithmeticException outOfRange) {
      return CoordinateMeasure.without(
          measure,
          Outcome.of(Double.NaN, "none", Status.OVERFLOW)
              .because(String.valueOf(outOfRange.getMessage())));
    }
  }
}
