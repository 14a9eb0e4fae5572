package dev.flatness.cli;

import dev.flatness.MeasureCatalog;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Invariance.Scaling;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Scope;
import dev.flatness.report.Palette;
import dev.flatness.report.TextTable;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
      "Lists the groups and the measures with what they are invariant to: positive rescalings of"
          + " hidden units and, where there is a check mark, permutations of them."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness measures")
final class MeasuresCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;

  @Spec private CommandSpec spec;

  @Option(names = "--no-color", description = "Use no colors.")
  private boolean noColor;

  @Override
  public Integer call() {
    Terminal terminal = parent.terminal();
    boolean colors = terminal.output() && terminal.colors() && !noColor;
    Palette palette = colors ? Palette.ANSI : Palette.PLAIN;
    MeasureCatalog catalog = MeasureCatalog.installed();
    TextTable groups = new TextTable(List.of("group", "measures"), List.of(false, false));
    catalog
        .groups()
        .forEach(
            (name, ids) ->
                groups.row(
                    List.of(
                        name,
                        name.equals("all") ? "all of the next table" : String.join(", ", ids))));
    PrintWriter out = spec.commandLine().getOut();
    int columns = terminal.columns();
    out.print(groups.render(palette, columns));
    out.println();
    out.print(table("measure", catalog.measures()).render(palette, columns));
    out.println();
    out.print(table("in no group", catalog.onRequest()).render(palette, columns));
    out.flush();
    return Failures.OK;
  }

  private static TextTable table(String title, Collection<Measure> measures) {
    TextTable table =
        new TextTable(
            List.of(title, "of", "invariant to", "perm.", "what it is"),
            List.of(false, false, false, false, false));
    for (Measure measure : measures) {
      Invariance invariance = measure.invariance(measure.scopes().iterator().next());
      table.row(
          List.of(
              measure.id(),
              measure.scopes().stream().sorted().map(Scope::id).collect(Collectors.joining(", ")),
              invariance.scaling() == Scaling.NONE ? "–" : invariance.scaling().id(),
              invariance.permutation() ? "✓" : "–",
              measure.description()));
    }
    return table;
  }
}
