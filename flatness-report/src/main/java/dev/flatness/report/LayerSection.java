package dev.flatness.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.flatness.internal.report.TextTable;
import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.ScaleClasses;
import java.util.List;
import java.util.Locale;

/**
 * The layers of a network with their sizes and scale classes, for a terminal. As JSON the layers
 * are part of the model's section.
 */
record LayerSection(Network network) implements Section {
  /** How many names are listed before the rest are counted. */
  private static final int LISTED = 8;

  @Override
  public void text(TextPage page) {
    ScaleClasses classes = ScaleClasses.of(network);
    TextTable table =
        new TextTable(
            List.of("layer", "kind", "output", "weight", "parameters", "scale classes"),
            List.of(false, false, false, false, true, true));
    for (Node node : network.nodes()) {
      boolean weighted = node.weight() >= 0;
      long parameters = weighted ? network.weight(node).size() : 0;
      parameters += node.bias() >= 0 ? network.bias(node).size() : 0;
      table.row(
          List.of(
              node.name(),
              kind(node.layer()),
              node.shape().toString(),
              weighted ? network.weight(node).shape().toString() : "",
              parameters == 0 ? "" : String.format(Locale.ROOT, "%,d", parameters),
              weighted ? Integer.toString(classes.freeCount(node)) : ""));
    }
    page.table(table);
    page.blank();
    page.paragraph(linearity());
    page.paragraph(liveness(DeadClasses.of(classes, network)));
  }

  @Override
  public void json(JsonGenerator json) {
    // The model's section lists the layers.
  }

  /** The operation of a layer as reports name it, for instance {@code max-pool}. */
  static String kind(Layer layer) {
    String name =
        layer instanceof Layer.Activate activate
            ? activate.function().kind().name()
            : layer.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private String linearity() {
    if (network.piecewiseLinear()) {
      return "piecewise linear: traces, rho and relative flatness have closed forms";
    }
    List<String> smooth =
        network.nodes().stream()
            .filter(node -> !node.layer().piecewiseLinear())
            .map(node -> node.name() + " (" + kind(node.layer()) + ")")
            .toList();
    return "not piecewise linear: "
        + (smooth.isEmpty() ? "a parameter is used by several layers" : listed(smooth));
  }

  private static String liveness(DeadClasses dead) {
    return dead.count() == 0
        ? "no dead units: non-zero weights lead from the input through every free scale class to"
            + " the output"
        : "dead, not on any path of non-zero weights: " + listed(dead.names());
  }

  private static String listed(List<String> names) {
    int shown = Math.min(LISTED, names.size());
    String text = String.join(", ", names.subList(0, shown));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }
}
