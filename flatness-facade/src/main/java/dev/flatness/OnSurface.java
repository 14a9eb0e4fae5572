package dev.flatness;

import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.surface.LossSurface;
import java.util.List;

/** A loss surface of your own at a point: the step that names measures. Immutable. */
public final class OnSurface {
  private final LossSurface surface;
  private final double[] theta;

  OnSurface(LossSurface surface, double[] theta) {
    this.surface = surface;
    this.theta = theta;
  }

  /**
   * Names measures by id or group.
   *
   * @param ids ids and groups, mixed
   * @return the step that reports
   * @throws IllegalArgumentException for an id or group that does not exist, or an id that needs a
   *     network, with those that do not
   */
  public SurfaceRequest measure(String... ids) {
    return SurfaceRequest.of(surface, theta, MeasureCatalog.installed().select(List.of(ids)));
  }

  /**
   * Names measures.
   *
   * @param measures at least one
   * @return the step that reports
   * @throws IllegalArgumentException if one needs a network
   */
  public SurfaceRequest measure(SurfaceMeasure... measures) {
    return SurfaceRequest.of(surface, theta, MeasureSelection.of(List.of(measures)));
  }

  /**
   * Asks for the spectrum of the Hessian instead of measures.
   *
   * @return the step that reports it
   */
  public SpectrumRequest spectrum() {
    return SpectrumRequest.of(surface, theta);
  }

  /**
   * Asks for the loss on a line or a plane through the point.
   *
   * @return the step that reports it; without accuracies
   */
  public LandscapeRequest landscape() {
    return LandscapeRequest.of(surface, theta);
  }
}
