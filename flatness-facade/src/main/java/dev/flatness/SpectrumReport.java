package dev.flatness;

import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.SpectralDensity;
import dev.flatness.spectral.StochasticLanczos;
import dev.flatness.spectral.ThickRestartLanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.Evaluation;
import dev.flatness.surface.LossSurface;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a run found of spectra.
 *
 * @param surface the network, data and loss, or a loss surface of your own
 * @param evaluation the loss at the measured point; of 0 samples for a surface of your own
 * @param curvature whose spectrum it is
 * @param coordinates the coordinates that derivatives are taken in, {@code weights} for the
 *     parameters themselves
 * @param parameters the names of the parameters that the matrix was restricted to, none for all
 * @param spectra that of the network, or those of the layers asked for
 * @param pairs how eigenpairs were sought
 * @param density how the density was estimated
 * @param batches the largest eigenvalues of mini-batches, none if they were not asked for
 * @param recordedSettings what reproduces the numbers, by report name
 */
public record SpectrumReport(
    LossSurface surface,
    Evaluation evaluation,
    Curvature curvature,
    String coordinates,
    List<String> parameters,
    List<Spectrum> spectra,
    ThickRestartLanczos pairs,
    StochasticLanczos density,
    List<Batch> batches,
    Map<String, Object> recordedSettings) {
  /**
   * Copies the lists.
   *
   * @param surface the network, data and loss, or a loss surface of your own
   * @param evaluation the loss at the measured point; of 0 samples for a surface of your own
   * @param curvature whose spectrum it is
   * @param coordinates the coordinates that derivatives are taken in, {@code weights} for the
   *     parameters themselves
   * @param parameters the names of the parameters that the matrix was restricted to, none for all
   * @param spectra that of the network, or those of the layers asked for
   * @param pairs how eigenpairs were sought
   * @param density how the density was estimated
   * @param batches the largest eigenvalues of mini-batches, none if they were not asked for
   * @param recordedSettings what reproduces the numbers, by report name
   */
  public SpectrumReport {
    parameters = List.copyOf(parameters);
    spectra = List.copyOf(spectra);
    batches = List.copyOf(batches);
    recordedSettings = Collections.unmodifiableMap(new LinkedHashMap<>(recordedSettings));
  }

  /**
   * Tells whether every pair and every probe came to its end.
   *
   * @return false where the status of a spectrum's pairs or density is not acceptable
   */
  public boolean acceptable() {
    return batches.stream().allMatch(batch -> batch.pairs().status().acceptable())
        && spectra.stream()
            .allMatch(
                spectrum ->
                    spectrum.unfinished().isEmpty()
                        && spectrum
                            .eigenpairs()
                            .map(pairs -> pairs.status().acceptable())
                            .orElse(true)
                        && spectrum
                            .density()
                            .map(found -> found.status().acceptable())
                            .orElse(true));
  }

  /**
   * The spectrum of one matrix.
   *
   * @param layer the layer's name; empty for the whole network
   * @param dimension the matrix's number of rows
   * @param eigenpairs those at the ends; empty if none were asked for
   * @param density the spectral density; empty if no probes were asked for
   * @param exactTrace the trace by closed forms, beside the density's estimate; empty where there
   *     is none
   * @param unfinished why something that was asked for is missing; empty if nothing is
   * @param seconds the time it took
   */
  public record Spectrum(
      Optional<String> layer,
      int dimension,
      Optional<Eigenpairs> eigenpairs,
      Optional<SpectralDensity> density,
      OptionalDouble exactTrace,
      Optional<String> unfinished,
      double seconds) {
    Spectrum withExactTrace(double trace) {
      return new Spectrum(
          layer, dimension, eigenpairs, density, OptionalDouble.of(trace), unfinished, seconds);
    }
  }

  /**
   * The largest eigenvalues of the matrix of a mini-batch alone.
   *
   * @param first the position of its first sample
   * @param samples how many it has
   * @param pairs the eigenpairs
   */
  public record Batch(int first, int samples, Eigenpairs pairs) {}
}
