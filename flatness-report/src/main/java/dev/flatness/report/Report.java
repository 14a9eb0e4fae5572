package dev.flatness.report;

import dev.flatness.measure.Estimate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One measurement as a document: what was measured, on which data, with which settings, and every
 * estimate.
 *
 * <p>Cost: that of its parts; immutable, copies its lists and maps.
 *
 * @param model the network
 * @param data the dataset, or null where none was read
 * @param loss the loss at the measured point, or null where none was evaluated
 * @param measures the estimates in the order they are shown
 * @param spectra what is known of spectra; empty where none were asked for
 * @param paths what is known of basis paths, or null where nothing was asked for
 * @param settings what reproduces the numbers: seed, precision and options, by report name
 * @param provenance what computed them: version, JDK, processor, matrix-product provider
 */
public record Report(
    ReportModel model,
    ReportData data,
    ReportLoss loss,
    List<Estimate> measures,
    List<ReportSpectrum> spectra,
    ReportPaths paths,
    Map<String, Object> settings,
    Map<String, Object> provenance) {

  /** The name of the document's format, its first entry. */
  public static final String SCHEMA = "flatness-report-1";

  /** Copies the lists and maps. */
  public Report {
    if (model == null) {
      throw new IllegalArgumentException("report has no model; a report needs one");
    }
    measures = List.copyOf(measures);
    spectra = List.copyOf(spectra);
    settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    provenance = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
  }

  /**
   * Makes a report without spectra and paths.
   *
   * @param model the network
   * @param data the dataset, or null
   * @param loss the loss at the measured point, or null
   * @param measures the estimates in the order they are shown
   * @param settings what reproduces the numbers
   * @param provenance what computed them
   */
  public Report(
      ReportModel model,
      ReportData data,
      ReportLoss loss,
      List<Estimate> measures,
      Map<String, Object> settings,
      Map<String, Object> provenance) {
    this(model, data, loss, measures, List.of(), null, settings, provenance);
  }

  /**
   * Returns this report with basis paths.
   *
   * @param found what is known of them
   * @return the changed copy
   */
  public Report withPaths(ReportPaths found) {
    return new Report(model, data, loss, measures, spectra, found, settings, provenance);
  }

  /**
   * Tells whether every number met its tolerance.
   *
   * @return false where an estimate's status is not acceptable
   */
  public boolean acceptable() {
    return measures.stream().allMatch(estimate -> estimate.status().acceptable())
        && spectra.stream().allMatch(ReportSpectrum::acceptable);
  }
}
