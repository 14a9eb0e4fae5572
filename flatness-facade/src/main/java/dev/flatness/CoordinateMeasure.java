package dev.flatness;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.cost.Work;
import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.hessian.SurfacePoint;
import dev.flatness.measure.AbstractMeasure;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Fact;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Scope;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A measure in other coordinates than the parameters; it claims no invariance there. */
final class CoordinateMeasure extends AbstractMeasure {
  /** Not even permutations of units: coordinates may treat every one in another way. */
  private static final Invariance NO_CLAIM = new Invariance(Invariance.Scaling.NONE, false);

  private static final String EIGENVALUES = "eigenvalues in coordinates";

  private final Measure measure;
  private final CoordinateSystem system;
  private final Fact<Found> place;

  private CoordinateMeasure(Measure measure, CoordinateSystem system, Fact<Found> place) {
    super(
        measure.id(),
        measure.description() + " in " + system.name(),
        NO_CLAIM,
        measure.source(),
        Scope.NETWORK);
    this.measure = measure;
    this.system = system;
    this.place = place;
  }

  /** The point in the coordinates, or why there is none. */
  private record Found(@Nullable SurfacePoint point, Optional<String> refusal) {}

  /** Where a network lies in the coordinates; one fact for all measures of a selection. */
  static Fact<Found> place(CoordinateSystem system) {
    return Fact.random(
        "coordinates " + system.name(),
        subject -> {
          try {
            Coordinates coordinates = system.of().apply(subject.network());
            double[] eta = coordinates.coordinatesOf(subject.theta());
            GuardedSurface surface =
                new GuardedSurface(new PulledBackSurface(subject.surface(), coordinates));
            String spectrum = "spectrum in " + system.name();
            return new Found(
                SurfacePoint.of(subject, surface, eta, spectrum, EIGENVALUES), Optional.empty());
          } catch (IllegalArgumentException refused) {
            return new Found(
                null,
                Optional.of(
                    "the network has no "
                        + system.name()
                        + " coordinates: "
                        + refused.getMessage()));
          }
        });
  }

  static Measure of(Measure measure, CoordinateSystem system, Fact<Found> place) {
    return new CoordinateMeasure(measure, system, place);
  }

  @Override
  public Optional<String> inapplicable(Subject subject) {
    if (!(measure instanceof SurfaceMeasure onSurface)) {
      return Optional.of(
          "it needs layers, which the coordinates " + system.name() + " do not have");
    }
    Found found = subject.get(place);
    return found.point == null ? found.refusal : onSurface.inapplicable(found.point);
  }

  @Override
  protected List<Work> ownWork(Network network, Settings settings) {
    return measure instanceof SurfaceMeasure onSurface
        ? onSurface.workAt(network.parameterCount(), settings)
        : List.of();
  }

  @Override
  protected List<Estimate> measure(Subject subject) {
    SurfacePoint point = subject.get(place).point;
    if (point == null || !(measure instanceof SurfaceMeasure onSurface)) {
      throw new AssertionError(measure + " does not apply");
    }
    Estimate estimate = take(onSurface, point);
    estimate = estimate.withDetail("coordinates", system.name());
    for (Map.Entry<String, Object> setting : system.settings().entrySet()) {
      estimate = estimate.withDetail(setting.getKey(), setting.getValue());
    }
    return List.of(estimate);
  }

  /** The number of a surface at a point, without a claim. */
  static Estimate take(SurfaceMeasure measure, SurfacePoint point) {
    try {
      return measure.at(point).as(measure.id(), NO_CLAIM);
    } catch (GuardedSurface.OutsideDomainException outside) {
      return Estimate.network(
          measure.id(),
          NO_CLAIM,
          Outcome.of(Double.NaN, "chart", Status.OUTSIDE_CHART)
              .because("a perturbation leaves the domain of the coordinates"));
    }
  }

  /** A number that is missing, without a claim. */
  static Estimate without(Measure measure, Outcome none) {
    return Estimate.network(measure.id(), NO_CLAIM, none);
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && measure.equals(((CoordinateMeasure) other).measure)
        && system.equals(((CoordinateMeasure) other).system);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + measure.hashCode();
  }
}
