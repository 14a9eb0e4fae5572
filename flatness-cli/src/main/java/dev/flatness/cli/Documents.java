package dev.flatness.cli;

import dev.flatness.FlatnessReport;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.report.Report;
import dev.flatness.report.ReportData;
import dev.flatness.report.ReportLoss;
import dev.flatness.report.ReportModel;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.ScaleClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns what was measured into the document that is shown and written. */
final class Documents {
  private Documents() {}

  static Report of(
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
        Provenance.of(surface.provider()));
  }

  static ReportModel model(Network network, String file, List<String> notes) {
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

  /** The settings of a run: what reproduces its numbers. */
  static Map<String, Object> settings(FlatnessReport measured, String loss) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("seed", measured.seed().value());
    settings.put("precision", measured.surface().options().precision().id());
    settings.put("loss", loss);
    settings.put("batchSize", measured.surface().options().batchSize());
    settings.put("threads", measured.surface().options().threads());
    settings.put("epsilon", measured.settings().epsilon());
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

  /** The name of a layer's operation. */
  static String kind(Layer layer) {
    if (layer instanceof Layer.Activate activate) {
      return words(activate.function().kind().name());
    }
    return words(layer.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
