package dev.flatness.landscape;

import dev.flatness.coordinates.AffineMap;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.internal.runs.RunCodes;
import dev.flatness.internal.runs.StateFile;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Outcome;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.PassStoppedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One evaluation of a slice. */
final class LandscapeRun {
  /** How long a run works at least between two states in its file. */
  private static final long BETWEEN_STATES = TimeUnit.MILLISECONDS.toNanos(200);

  /** At most this part of a run is spent on its file. */
  private static final int SHARE = 50;

  private static final String TASK = "landscape";

  private final LandscapeEvaluator how;
  private final LossSurface surface;
  private final double[] theta;
  private final Coordinates coordinates;
  private final LandscapeDirections chosen;
  private final Seed seed;
  private final Monitor monitor;

  private final double[] eta;
  private final LossSurface pulled;
  private final double[][] axes;
  private double[][] directions = {};

  LandscapeRun(
      LandscapeEvaluator how,
      LossSurface surface,
      double[] theta,
      Coordinates coordinates,
      LandscapeDirections chosen,
      Seed seed,
      Monitor monitor) {
    this.how = how;
    this.surface = surface;
    this.theta = theta;
    this.coordinates = coordinates;
    this.chosen = chosen;
    this.seed = seed;
    this.monitor = monitor;
    this.eta = coordinates.coordinatesOf(theta);
    this.pulled =
        coordinates instanceof AffineMap map && map.isIdentity()
            ? surface
            : new PulledBackSurface(surface, coordinates);
    this.axes = how.axes();
  }

  Landscape run() {
    LandscapeDirections.Center center =
        new LandscapeDirections.Center(
            surface, theta, coordinates, eta, pulled, seed, monitor.as("directions"));
    directions = chosen.at(center, axes.length);
    double loss = evaluate(coordinates.parametersAt(eta)).loss();
    LandscapeState state = new LandscapeState(how.points(), how.topEigenvalues());
    Optional<StateFile> file =
        how.file().map(path -> StateFile.of(path, "FLATLND1", "a landscape", fingerprint()));
    file.ifPresent(there -> there.read(state::read));
    String ending = fill(state, file);
    List<Outcome> curvatures = curvatures();
    double[] norms = Arrays.stream(directions).mapToDouble(Vectors::scaledNorm).toArray();
    return new Landscape(axes, state, loss, curvatures, norms, ending);
  }

  private String fill(LandscapeState state, Optional<StateFile> file) {
    int points = how.points();
    long next = System.nanoTime() + BETWEEN_STATES;
    while (state.done < points && !monitor.stopped()) {
      monitor.update(TASK, state.done, points);
      try {
        point(state.done, state);
      } catch (PassStoppedException late) {
        break;
      }
      state.done++;
      long now = System.nanoTime();
      if (file.isPresent() && now - next > 0) {
        file.get().write(state::write);
        long written = System.nanoTime();
        next = written + Math.max(BETWEEN_STATES, SHARE * (written - now));
      }
    }
    file.ifPresent(there -> there.write(state::write));
    monitor.update(TASK, state.done, points);
    return monitor.ending(state.done, points, "points");
  }

  private void point(int index, LandscapeState state) {
    double[] at = eta.clone();
    int columns = axes.length == 1 ? 1 : axes[1].length;
    Vectors.addMultiple(axes[0][index / columns], directions[0], at);
    if (axes.length > 1) {
      Vectors.addMultiple(axes[1][index % columns], directions[1], at);
    }
    boolean inside = coordinates.contains(at);
    double[] parameters = coordinates.parametersBeyond(at);
    boolean finite = Arrays.stream(parameters).allMatch(Double::isFinite);
    // A surface of one's own may have a domain, beyond which it has no formula.
    boolean defined = finite && surface.contains(parameters);
    inside &= defined;
    if (defined) {
      Evaluation found = evaluate(parameters);
      if (how.topEigenvalues() && inside) {
        state.eigenvalue(index, topEigenvalue(at));
      }
      state.loss[index] = found.loss();
      // Outputs without a loss have no largest one either.
      state.accuracy[index] = Double.isFinite(found.loss()) ? found.accuracy() : Double.NaN;
    }
    state.outside[index] = !inside;
  }

  private Evaluation evaluate(double[] parameters) {
    return surface instanceof NetworkSurface network
        ? network.evaluate(parameters)
        : new Evaluation(surface.value(parameters), Double.NaN, 1);
  }

  private Outcome topEigenvalue(double[] at) {
    SymmetricOperator hessian = pulled.hessian(at);
    Eigenpairs pairs =
        LandscapeDirections.largest(surface, 1)
            .fitting(hessian.dimension())
            .solve(hessian, seed.split("top-eigenvalue"), monitor.as(TASK));
    return pairs.largest().get(0).outcome();
  }

  /** dᵀHd along each axis at the center. */
  private List<Outcome> curvatures() {
    List<Outcome> curvatures = new ArrayList<>();
    try {
      SymmetricOperator hessian = pulled.inDouble().hessian(eta.clone());
      double[][] products = new double[directions.length][eta.length];
      hessian.apply(directions, products);
      for (int i = 0; i < directions.length; i++) {
        double square = Vectors.dot(directions[i], directions[i]);
        curvatures.add(
            Outcome.exact(Vectors.dot(directions[i], products[i]))
                .plusProductError(square * hessian.error()));
      }
    } catch (PassStoppedException late) {
      curvatures.clear();
      for (int i = 0; i < directions.length; i++) {
        curvatures.add(Outcome.notApplicable(monitor.whyStopped() + " before the curvature"));
      }
    }
    return curvatures;
  }

  /** All that decides a bit of a point. */
  private Map<String, String> fingerprint() {
    Map<String, String> run = new LinkedHashMap<>();
    if (surface instanceof NetworkSurface network) {
      run.put("network", RunCodes.of(network.network()));
      run.put("samples", String.valueOf(network.dataset().size()));
      run.put("data", RunCodes.of(network.dataset()));
      run.put("loss", RunCodes.of(network.loss()));
      run.put("precision", network.options().precision().id());
      run.put("matrix product", network.provider());
      run.put("batch size", String.valueOf(network.options().batchSize()));
      run.put("notes", StateFile.code(String.join("\n", network.notes())));
    } else {
      // A function has no checksum; its loss and slope at the center tell most apart.
      double[] gradient = new double[theta.length];
      double[] loss = {surface.valueAndGradient(theta.clone(), gradient)};
      run.put("surface", surface.getClass().getName() + " " + StateFile.code(loss, gradient));
    }
    run.put("parameters", StateFile.code(theta));
    run.put("coordinates", StateFile.code(coordinates.parametersAt(eta), eta));
    run.put("directions", chosen.id() + " " + StateFile.code(directions));
    run.put("seed", String.valueOf(seed.value()));
    run.put("points", how.points() + " " + StateFile.code(axes));
    run.put("eigenvalues", String.valueOf(how.topEigenvalues()));
    return run;
  }
}
