package dev.flatness;

import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.hessian.Hessian;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.MeasureSettings;
import dev.flatness.measure.Progress;
import dev.flatness.measure.Subject;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.SpectralDensity;
import dev.flatness.spectral.StochasticLanczos;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The spectrum of a network's curvature, about to be found: eigenpairs at its ends and its density.
 *
 * <p>Defaults: the Hessian of the whole network, the 10 largest eigenvalues to 1e-6 in float64 and
 * 1e-4 in float32, a density of 5 probes and 80 steps, seed 0. Cost: the products that {@link
 * ThickRestartLanczos} and {@link StochasticLanczos} state. Immutable.
 */
public final class SpectrumRequest {
  private static final int LARGEST = 10;

  private final Supplier<NetworkSurface> surface;
  private final MeasureSettings settings;
  private final Progress progress;
  private final Curvature curvature;
  private final CoordinateSystem chart;
  private final List<String> patterns;
  private final int largest;
  private final int smallest;
  private final int probes;
  private final int steps;
  private final Seed seed;

  private SpectrumRequest(
      Supplier<NetworkSurface> surface,
      MeasureSettings settings,
      Progress progress,
      Curvature curvature,
      CoordinateSystem chart,
      List<String> patterns,
      int largest,
      int smallest,
      int probes,
      int steps,
      Seed seed) {
    this.surface = surface;
    this.settings = settings;
    this.progress = progress;
    this.curvature = curvature;
    this.chart = chart;
    this.patterns = patterns;
    this.largest = largest;
    this.smallest = smallest;
    this.probes = probes;
    this.steps = steps;
    this.seed = seed;
  }

  static SpectrumRequest of(Supplier<NetworkSurface> surface) {
    StochasticLanczos density = StochasticLanczos.withDefaults();
    return new SpectrumRequest(
        surface,
        MeasureSettings.withDefaults(),
        Progress.NONE,
        Curvature.HESSIAN,
        null,
        List.of(),
        LARGEST,
        0,
        density.probes(),
        density.steps(),
        Seed.of(0));
  }

  /**
   * Changes the settings.
   *
   * @param changed the layers whose own spectra are wanted instead of the network's, limits
   * @return the changed request
   */
  public SpectrumRequest with(MeasureSettings changed) {
    return new SpectrumRequest(
        surface, changed, progress, curvature, chart, patterns, largest, smallest, probes, steps,
        seed);
  }

  /**
   * Names who hears about progress.
   *
   * @param listener the listener
   * @return the changed request
   */
  public SpectrumRequest progress(Progress listener) {
    return new SpectrumRequest(
        surface, settings, listener, curvature, chart, patterns, largest, smallest, probes, steps,
        seed);
  }

  /**
   * Names the matrix.
   *
   * @param kind Hessian, Gauss–Newton, empirical Fisher, or true Fisher of drawn labels
   * @return the changed request
   */
  public SpectrumRequest curvature(Curvature kind) {
    return new SpectrumRequest(
        surface,
        settings,
        progress,
        Objects.requireNonNull(kind, "kind"),
        chart,
        patterns,
        largest,
        smallest,
        probes,
        steps,
        seed);
  }

  /**
   * Names the coordinates that derivatives are taken in; default the parameters themselves.
   *
   * @param coordinates for instance {@link CoordinateSystem#basisPaths}
   * @return the changed request
   */
  public SpectrumRequest in(CoordinateSystem coordinates) {
    return new SpectrumRequest(
        surface,
        settings,
        progress,
        curvature,
        Objects.requireNonNull(coordinates, "coordinates"),
        patterns,
        largest,
        smallest,
        probes,
        steps,
        seed);
  }

  /**
   * Restricts the matrix to parameters chosen by name.
   *
   * @param globs patterns as {@link ParameterSet#matching} takes them, as {@code fc*.weight}
   * @return the changed request
   */
  public SpectrumRequest parameters(String... globs) {
    return new SpectrumRequest(
        surface,
        settings,
        progress,
        curvature,
        chart,
        List.of(globs),
        largest,
        smallest,
        probes,
        steps,
        seed);
  }

  /**
   * Asks for eigenvalues at the ends; of a smaller matrix, for all it has.
   *
   * @param top how many of the largest, 0 for none
   * @param bottom how many of the smallest, 0 for none
   * @return the changed request
   * @throws IllegalArgumentException if negative
   */
  public SpectrumRequest ends(int top, int bottom) {
    ThickRestartLanczos.withDefaults().withLargest(top).withSmallest(bottom);
    return new SpectrumRequest(
        surface, settings, progress, curvature, chart, patterns, top, bottom, probes, steps, seed);
  }

  /**
   * Asks for a density.
   *
   * @param vectors the number of probes, 0 for no density
   * @param products the steps of each
   * @return the changed request
   * @throws IllegalArgumentException if there are probes without steps
   */
  public SpectrumRequest density(int vectors, int products) {
    if (vectors != 0) {
      StochasticLanczos.withDefaults().withProbes(vectors).withSteps(products);
    }
    return new SpectrumRequest(
        surface, settings, progress, curvature, chart, patterns, largest, smallest, vectors,
        products, seed);
  }

  /**
   * Sets the root of all randomness; default 0.
   *
   * @param value any number
   * @return the changed request
   */
  public SpectrumRequest seed(long value) {
    return new SpectrumRequest(
        surface,
        settings,
        progress,
        curvature,
        chart,
        patterns,
        largest,
        smallest,
        probes,
        steps,
        Seed.of(value));
  }

  /**
   * Finds the spectrum.
   *
   * @return the report
   * @throws IllegalArgumentException if network, data, loss and settings do not fit, or the loss is
   *     not finite, or the network has no such coordinates or parameters
   */
  public SpectrumReport report() {
    NetworkSurface on = surface.get();
    Subject subject = new Subject(on, settings, progress);
    double tolerance = on.options().precision() == Precision.FLOAT64 ? 1e-6 : 1e-4;
    ThickRestartLanczos ends =
        ThickRestartLanczos.withDefaults(on.options().precision())
            .withTolerance(tolerance)
            .withMaxProducts(Math.max(settings.maxProducts(), 1000))
            .withLargest(largest)
            .withSmallest(smallest);
    StochasticLanczos density =
        StochasticLanczos.withDefaults().withProbes(Math.max(1, probes)).withSteps(steps);
    List<SpectrumReport.Spectrum> spectra = new ArrayList<>();
    if (!patterns.isEmpty() && (chart != null || !settings.layers().isEmpty())) {
      throw new IllegalArgumentException(
          "the parameters "
              + patterns
              + (chart == null
                  ? " are asked for beside the layers "
                      + settings.layers()
                      + "; ask for one of them"
                  : " do not exist in the coordinates " + chart.name() + "; ask for weights"));
    }
    ParameterSet selected =
        patterns.isEmpty()
            ? ParameterSet.all(on.dimension())
            : ParameterSet.matching(on.network(), patterns.toArray(String[]::new));
    var evaluation = Flatness.finite(on, subject.theta());
    if (settings.layers().isEmpty()) {
      spectra.add(spectrum(null, whole(on, selected, subject.theta()), ends, density, subject));
    } else if (chart != null) {
      throw new IllegalArgumentException(
          "the layers "
              + settings.layers()
              + " have no spectra of their own in the coordinates "
              + chart.name()
              + "; ask for the whole network, or for weights");
    }
    for (Node layer : settings.layers().isEmpty() ? List.<Node>of() : subject.layers()) {
      Hessian hessian = Hessian.ofLayer(on, layer).withCurvature(curvature);
      spectra.add(spectrum(layer, hessian.at(subject.theta()), ends, density, subject));
    }
    String coordinates = chart == null ? CoordinateSystem.WEIGHTS : chart.name();
    List<String> parameters =
        patterns.isEmpty()
            ? List.of()
            : on.network().parameters().stream()
                .filter(selected::contains)
                .map(Parameter::name)
                .toList();
    return new SpectrumReport(
        on, evaluation, curvature, coordinates, parameters, spectra, ends, density, seed);
  }

  private SymmetricOperator whole(NetworkSurface on, ParameterSet selected, double[] theta) {
    if (chart == null) {
      return Hessian.of(on).on(selected).withCurvature(curvature).at(theta);
    }
    Coordinates coordinates = chart.of().apply(on.network());
    return Hessian.of(new PulledBackSurface(on, coordinates))
        .withCurvature(curvature)
        .at(coordinates.coordinatesOf(theta));
  }

  private SpectrumReport.Spectrum spectrum(
      Node layer,
      SymmetricOperator operator,
      ThickRestartLanczos ends,
      StochasticLanczos density,
      Subject subject) {
    long started = System.nanoTime();
    Seed own = layer == null ? seed : seed.split(layer.index());
    String of = layer == null ? "" : " of layer " + layer.name();
    int n = operator.dimension();
    Optional<Eigenpairs> pairs = Optional.empty();
    if (largest + smallest > 0) {
      ThickRestartLanczos fitting =
          ends.withLargest(Math.min(largest, n)).withSmallest(Math.min(smallest, n));
      int expected = 8 * (largest + smallest) + 40;
      try {
        pairs =
            Optional.of(
                fitting.solve(
                    operator,
                    own.split("eigenpairs"),
                    subject::timeIsUp,
                    done ->
                        progress.update("eigenvalues" + of, done, Math.max(expected, done + 10))));
      } catch (ArithmeticException notFinite) {
        throw new IllegalArgumentException(
            notFinite.getMessage()
                + ": the curvature"
                + of
                + " leaves the range of doubles here; measure in other coordinates, or under the"
                + " balanced rule",
            notFinite);
      }
    }
    Optional<SpectralDensity> shares = Optional.empty();
    if (probes > 0) {
      int total = probes * Math.min(steps, n);
      shares =
          Optional.of(
              density.density(
                  operator,
                  own.split("density"),
                  subject::timeIsUp,
                  done -> progress.update("density" + of, done, total)));
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new SpectrumReport.Spectrum(
        Optional.ofNullable(layer).map(Node::name), n, pairs, shares, seconds);
  }
}
