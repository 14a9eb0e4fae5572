package dev.flatness;

import dev.flatness.report.ReportSpectrum;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.RitzPair;
import dev.flatness.spectral.Sampled;
import dev.flatness.spectral.SpectralDensity;
import java.util.ArrayList;
import java.util.List;

/** Turns spectra into what reports show. */
final class SpectrumDocuments {
  /** Powers of ten below the largest magnitude that are told apart. */
  private static final int DECADES = 7;

  private SpectrumDocuments() {}

  static List<ReportSpectrum> of(SpectrumReport found) {
    return found.spectra().stream()
        .map(
            spectrum ->
                new ReportSpectrum(
                    found.curvature().id(),
                    found.coordinates(),
                    spectrum.layer().orElse(null),
                    found.parameters(),
                    spectrum.dimension(),
                    spectrum.eigenpairs().map(SpectrumDocuments::pairs).orElse(null),
                    spectrum
                        .density()
                        .map(density -> density(density, found.density().steps()))
                        .orElse(null),
                    spectrum.seconds()))
        .toList();
  }

  private static ReportSpectrum.Pairs pairs(Eigenpairs pairs) {
    return new ReportSpectrum.Pairs(
        eigenvalues(pairs.largest()),
        eigenvalues(pairs.smallest()),
        pairs.products(),
        pairs.restarts(),
        pairs.checked(),
        pairs.status(),
        pairs.reason());
  }

  private static List<ReportSpectrum.Eigenvalue> eigenvalues(List<RitzPair> pairs) {
    return pairs.stream()
        .map(pair -> new ReportSpectrum.Eigenvalue(pair.value(), pair.relativeResidual()))
        .toList();
  }

  private static ReportSpectrum.Density density(SpectralDensity density, int steps) {
    return new ReportSpectrum.Density(
        density.quadratures().size(),
        steps,
        density.products(),
        density.status(),
        density.reason(),
        uncertain(density.trace()),
        uncertain(density.frobeniusNorm()),
        uncertain(density.negativeMass().lower()),
        uncertain(density.negativeMass().upper()),
        bins(density),
        density.quadratures().stream()
            .map(q -> new ReportSpectrum.Quadrature(q.nodes(), q.weights()))
            .toList());
  }

  private static ReportSpectrum.Uncertain uncertain(Sampled sampled) {
    return new ReportSpectrum.Uncertain(sampled.value(), sampled.standardError());
  }

  /**
   * Between powers of ten, from the largest magnitude down, on both sides of 0, as far as the
   * density tells them apart there.
   */
  private static List<ReportSpectrum.Bin> bins(SpectralDensity density) {
    double largest = Math.max(Math.abs(density.smallestNode()), Math.abs(density.largestNode()));
    List<Double> edges = new ArrayList<>();
    if (largest > 0) {
      int top = (int) Math.floor(Math.log10(largest)) + 1;
      for (int k = top;
          k >= top - DECADES && (k == top || Math.pow(10, k) >= density.resolutionAtZero());
          k--) {
        edges.add(Math.pow(10, k));
        edges.add(-Math.pow(10, k));
      }
    } else {
      edges.addAll(List.of(-1.0, 1.0));
    }
    double[] sorted = edges.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    List<Sampled> shares = density.histogram(sorted);
    int first = 0;
    int last = shares.size() - 1;
    while (first < last && shares.get(first).value() == 0) {
      first++;
    }
    while (last > first && shares.get(last).value() == 0) {
      last--;
    }
    List<ReportSpectrum.Bin> bins = new ArrayList<>();
    for (int i = last; i >= first; i--) {
      bins.add(new ReportSpectrum.Bin(sorted[i], sorted[i + 1], uncertain(shares.get(i))));
    }
    return bins;
  }
}
