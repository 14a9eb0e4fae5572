package dev.flatness.cli;

import dev.flatness.MeasureCatalog;
import dev.flatness.internal.report.TextWrap;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Measure;
import dev.flatness.report.Palette;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Lists what can be measured. */
@Command(
    name = "measures",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Lists the groups, and the measures by the rescalings of hidden units that leave them"
          + " unchanged."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness measures")
final class MeasuresCommand implements Callable<Integer> {
  private static final List<String> CLAIMS =
      List.of(
          "Invariant to rescaling of every hidden unit (neuron-wise)",
          "The same, but permutations of hidden units may change them",
          "Invariant to rescaling, except of the units that the layer reads",
          "Invariant to rescaling of whole layers (layer-wise)",
          "Not invariant to rescaling");

  private static final int GROUP = "comparable".length();

  @ParentCommand private FlatnessCommand parent;

  @Spec private CommandSpec spec;

  @Option(names = "--no-color", description = "Use no colors.")
  private boolean noColor;

  @Override
  public Integer call() {
    Terminal terminal = parent.terminal();
    boolean colors = terminal.output() && terminal.colors() && !noColor;
    Palette palette = colors ? Palette.ANSI : Palette.PLAIN;
    PrintWriter out = spec.commandLine().getOut();
    MeasureCatalog catalog = MeasureCatalog.installed();
    out.println(palette.strong("Groups"));
    catalog
        .groups()
        .forEach(
            (name, ids) ->
                out.println(
                    line(
                        name,
                        GROUP,
                        name.equals("all")
                            ? "every measure below except those on request"
                            : String.join(", ", ids),
                        terminal)));
    Map<String, List<Measure>> sections = new LinkedHashMap<>();
    CLAIMS.forEach(claim -> sections.put(claim, new ArrayList<>()));
    catalog
        .measures()
        .forEach(
            measure ->
                sections.computeIfAbsent(claim(measure), claim -> new ArrayList<>()).add(measure));
    sections.put("On request, by their id or by their group", List.copyOf(catalog.onRequest()));
    sections.forEach(
        (title, measures) -> {
          out.println();
          out.println(palette.strong(title));
          int width = measures.stream().mapToInt(each -> each.id().length()).max().orElse(0);
          measures.forEach(
              each -> out.println(line(each.id(), width, each.description(), terminal)));
        });
    out.flush();
    return Failures.OK;
  }

  /** A name and what it is; further lines of a long text are indented. */
  private static String line(String name, int width, String text, Terminal terminal) {
    String padded = "  " + name + " ".repeat(Math.max(0, width - name.length())) + "  ";
    return TextWrap.paragraph(padded + text, terminal.columns(), padded.length());
  }

  /** What holds in every scope of a measure. */
  static String claim(Measure measure) {
    return CLAIMS.get(
        measure.scopes().stream()
            .map(measure::invariance)
            .mapToInt(MeasuresCommand::rank)
            .max()
            .orElseThrow());
  }

  private static int rank(Invariance invariance) {
    return switch (invariance.scaling()) {
      case NEURON_WISE -> invariance.permutation() ? 0 : 1;
      case NEURON_WISE_EXCEPT_INPUTS -> 2;
      case LAYER_WISE -> 3;
      case NONE -> 4;
    };
  }
}
