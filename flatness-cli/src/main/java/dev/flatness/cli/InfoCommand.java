package dev.flatness.cli;

import dev.flatness.network.Layer;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.report.Palette;
import dev.flatness.report.Report;
import dev.flatness.report.TextTable;
import dev.flatness.report.TextWrap;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.DeadClasses;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what a network is made of, without data. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Shows the structure of a network, its scale classes, its dead units and whether it is"
          + " piecewise linear."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness info --model mlp.onnx --cost")
final class InfoCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;

  @Option(
      names = "--input-shape",
      paramLabel = "D,D,D",
      converter = Quantities.SizesConverter.class,
      description = "The shape of one input where the file leaves it open.")
  private Quantities.Sizes inputShape;

  @Option(
      names = "--cost",
      description = {
        "Add what passes and measures cost a sample, and how long they take here; up to a minute."
      })
  private boolean cost;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    output.check(List.of(model.file()));
    Network network = Session.read(model.file(), inputShape);
    Report report = Report.of(network).withModelFile(model.file().toString());
    if (!output.quiet()) {
      Terminal terminal = parent.terminal();
      Palette palette = output.palette(terminal);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text(terminal.columns(), palette));
      out.println();
      out.print(layers(network).render(palette, terminal.columns()));
      out.println();
      facts(network).forEach(fact -> out.println(TextWrap.paragraph(fact, terminal.columns(), 2)));
      if (cost) {
        out.println();
        SurfaceOptions options = SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT64);
        out.print(new CostTables(network, options).render(palette, terminal.columns()));
      }
      out.flush();
    }
    output.write(report);
    return Failures.OK;
  }

  private static TextTable layers(Network network) {
    TextTable table =
        new TextTable(
            List.of("layer", "kind", "output", "weight", "parameters", "scale classes"),
            List.of(false, false, false, false, true, true));
    ScaleClasses classes = ScaleClasses.of(network);
    for (Node node : network.nodes()) {
      boolean weighted = node.weight() >= 0;
      long parameters = weighted ? network.weight(node).size() : 0;
      parameters += node.bias() >= 0 ? network.bias(node).size() : 0;
      table.row(
          List.of(
              node.name(),
              Report.kind(node.layer()),
              node.shape().toString(),
              weighted ? network.weight(node).shape().toString() : "",
              parameters == 0 ? "" : String.format(Locale.ROOT, "%,d", parameters),
              weighted ? Integer.toString(classes.freeCount(node)) : ""));
    }
    return table;
  }

  private static List<String> facts(Network network) {
    List<String> facts = new ArrayList<>();
    List<String> smooth =
        network.nodes().stream()
            .filter(
                node ->
                    node.layer() instanceof Layer.Activate activate
                        && !activate.function().piecewiseLinear())
            .map(node -> node.name() + " (" + Report.kind(node.layer()) + ")")
            .toList();
    if (network.piecewiseLinear()) {
      facts.add("piecewise linear: traces, rho and relative flatness have closed forms");
    } else if (!smooth.isEmpty()) {
      facts.add("not piecewise linear: " + some(smooth));
    } else {
      facts.add("not piecewise linear: a parameter is used by several layers");
    }
    DeadClasses dead = DeadClasses.of(network);
    facts.add(
        dead.count() == 0
            ? "no dead units: non-zero weights lead from the input through every scale class to"
                + " the output"
            : "dead, not on any path of non-zero weights: " + some(dead.names()));
    return facts;
  }

  private static String some(List<String> names) {
    int shown = Math.min(8, names.size());
    String text = names.subList(0, shown).stream().collect(Collectors.joining(", "));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }
}
