package dev.flatness;

import dev.flatness.basispath.BasisPaths;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.report.Report;
import dev.flatness.report.ReportData;
import dev.flatness.report.ReportLoss;
import dev.flatness.report.ReportModel;
import dev.flatness.report.ReportPaths;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns what was measured into the document that is shown and written; needs {@code
 * flatness-report} on the class path.
 *
 * <pre>{@code
 * ReportJson.write(Documents.of(report), Path.of("report.json"), false);
 * }</pre>
 *
 * <p>Cost: that of the scale classes, linear in the features of one forward pass.
 */
public final class Documents {
  private Documents() {}

  /**
   * Makes the document of a run whose network and data have no files.
   *
   * @param measured what was measured
   * @return the document
   */
  public static Report of(FlatnessReport measured) {
    NetworkSurface surface = measured.surface();
    return of(
        measured,
        null,
        surface.dataset().name(),
        List.of(),
        settings(measured, surface.loss().id()));
  }

  /**
   * Makes the document of a run.
   *
   * @param measured what was measured
   * @param modelFile the network's file, or null
   * @param dataFile the data's file or name
   * @param notes what preparing network and data changed, behind the network's own notes
   * @param settings what reproduces the numbers, by report name
   * @return the document
   */
  public static Report of(
      FlatnessReport measured,
      String modelFile,
      String dataFile,
      List<String> notes,
      Map<String, Object> settings) {
    NetworkSurface surface = measured.surface();
    return new Report(
        model(surface.network(), modelFile, notes),
        new ReportData(dataFile, surface.dataset().size()),
        new ReportLoss(
            surface.loss().id(),
            measured.evaluation().loss(),
            measured.evaluation().accuracy(),
            measured.gradientNorm()),
        measured.estimates(),
        settings,
        provenance(surface.provider()));
  }

  /**
   * Makes the document of a run that found spectra.
   *
   * @param found what was found
   * @param modelFile the network's file, or null
   * @param dataFile the data's file or name
   * @param notes what preparing network and data changed, behind the network's own notes
   * @param settings what reproduces the numbers, by report name
   * @return the document
   */
  public static Report of(
      SpectrumReport found,
      String modelFile,
      String dataFile,
      List<String> notes,
      Map<String, Object> settings) {
    NetworkSurface surface = found.surface();
    return new Report(
        model(surface.network(), modelFile, notes),
        new ReportData(dataFile, surface.dataset().size()),
        new ReportLoss(
            surface.loss().id(),
            found.evaluation().loss(),
            found.evaluation().accuracy(),
            Double.NaN),
        List.of(),
        SpectrumDocuments.of(found),
        null,
        settings,
        provenance(surface.provider()));
  }

  /**
   * Lists the settings of a run that found spectra: what reproduces its numbers.
   *
   * @param found what was found
   * @param loss the loss as it was asked for
   * @return the settings by report name, to be added to
   */
  public static Map<String, Object> settings(SpectrumReport found, String loss) {
    return settings(found.surface(), found.seed(), loss);
  }

  private static Map<String, Object> settings(NetworkSurface surface, Seed seed, String loss) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", seed.value());
    settings.put("precision", surface.options().precision().id());
    settings.put("loss", loss);
    settings.put("batchSize", surface.options().batchSize());
    settings.put("threads", surface.options().threads());
    return settings;
  }

  /**
   * Describes a network.
   *
   * @param network the network
   * @param file its file, or null
   * @param notes further notes, behind the network's own
   * @return the description
   */
  public static ReportModel model(Network network, String file, List<String> notes) {
    List<String> all = new ArrayList<>(network.notes());
    all.addAll(notes);
    ScaleClasses classes = ScaleClasses.of(network);
    return new ReportModel(
        file,
        network.parameterCount(),
        network.piecewiseLinear(),
        classes.freeCount(),
        DeadClasses.of(classes, network).names(),
        network.nodes().stream()
            .filter(node -> !(node.layer() instanceof Layer.Input))
            .map(node -> layer(network, node))
            .toList(),
        all);
  }

  /**
   * Lists the settings of a run: what reproduces its numbers.
   *
   * @param measured what was measured
   * @param loss the loss as it was asked for
   * @return the settings by report name, to be added to
   */
  public static Map<String, Object> settings(FlatnessReport measured, String loss) {
    Map<String, Object> settings = settings(measured.surface(), measured.seed(), loss);
    settings.put("epsilon", measured.settings().epsilon());
    settings.put("sigma", measured.settings().sigma());
    settings.put("normalizeTrace", measured.settings().normalizeTrace());
    if (!measured.settings().layers().isEmpty()) {
      settings.put("layers", List.copyOf(measured.settings().layers()));
    }
    measured
        .settings()
        .timeLimit()
        .ifPresent(limit -> settings.put("timeLimitSeconds", limit.toMillis() / 1000.0));
    return settings;
  }

  private static ReportModel.Layer layer(Network network, Node node) {
    if (node.weight() < 0) {
      return ReportModel.Layer.weightless(node.name(), kind(node.layer()));
    }
    int[] shape = network.weight(node).shape().toArray();
    return new ReportModel.Layer(
        node.name(), kind(node.layer()), Arrays.stream(shape).boxed().toList(), node.bias() >= 0);
  }

  /**
   * Names a layer's operation as reports do.
   *
   * @param layer the layer
   * @return for instance {@code dense} or {@code max-pool}
   */
  public static String kind(Layer layer) {
    if (layer instanceof Layer.Activate activate) {
      return words(activate.function().kind().name());
    }
    return words(layer.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Describes a network's basis paths under the rules of the library and those listed under one.
   *
   * @param paths the paths that are listed
   * @param largest how many of the largest
   * @param smallest how many of the smallest
   * @return the paths' part of a document
   */
  public static ReportPaths paths(BasisPaths paths, int largest, int smallest) {
    return PathDocuments.of(paths, largest, smallest);
  }

  /**
   * Describes what computed the numbers: version, JDK, processor, provider.
   *
   * @param provider the provider of matrix products
   * @return the facts by report name
   */
  public static Map<String, Object> provenance(String provider) {
    return Provenance.of(provider);
  }
}
