package dev.flatness;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.measure.Monitor;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.SpectralDensity;
import dev.flatness.spectral.StochasticLanczos;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.PassStoppedException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How the spectra of a run are found.
 *
 * @param ends of eigenpairs; empty if none are asked for
 * @param density of the density; empty if none is asked for
 * @param seed the root of all randomness
 * @param watch receives progress updates and may stop the work
 * @param bytes the memory of bases
 */
record SpectrumSearch(
    Optional<ThickRestartLanczos> ends,
    Optional<StochasticLanczos> density,
    Seed seed,
    Monitor watch,
    long bytes) {
  SpectrumReport.Spectrum of(Optional<Node> layer, SymmetricOperator operator) {
    long started = System.nanoTime();
    Seed own = layer.map(node -> seed.split(node.index())).orElse(seed);
    String of = layer.map(node -> " of layer " + node.name()).orElse("");
    Optional<Eigenpairs> pairs = Optional.empty();
    Optional<SpectralDensity> shares = Optional.empty();
    Optional<String> unfinished = Optional.empty();
    try {
      if (ends.isPresent()) {
        pairs =
            Optional.of(
                ends.get()
                    .fitting(operator.dimension(), bytes)
                    .solve(operator, own.split("eigenpairs"), watch.as("eigenvalues" + of)));
      }
      if (density.isPresent()) {
        shares =
            Optional.of(
                density.get().density(operator, own.split("density"), watch.as("density" + of)));
      }
    } catch (PassStoppedException late) {
      String missing = ends.isPresent() && pairs.isEmpty() ? "eigenvalue" : "probe of the density";
      unfinished = Optional.of(watch.whyStopped() + " before there was the first " + missing);
    } catch (ArithmeticException notFinite) {
      throw new IllegalArgumentException(
          notFinite.getMessage()
              + ": the curvature"
              + of
              + " leaves the range of doubles here; measure in other coordinates, or under the"
              + " balanced rule",
          notFinite);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return new SpectrumReport.Spectrum(
        layer.map(Node::name),
        operator.dimension(),
        pairs,
        shares,
        OptionalDouble.empty(),
        unfinished,
        seconds);
  }
}
