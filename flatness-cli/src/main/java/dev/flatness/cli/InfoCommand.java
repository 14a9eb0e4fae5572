package dev.flatness.cli;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.network.Network;
import dev.flatness.report.Palette;
import dev.flatness.report.Report;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.RescalingFile;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description = {
        "Write the names of the free scale classes, a line class,1 each: a start for rescale"
            + " --factors."
      })
  private Path classes;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    output.check(model.network().files());
    output.check("--classes", classes, model.network().files());
    Network network = model.network().read(inputShape);
    Report report = model.network().described(Report.of(network));
    if (!output.quiet()) {
      Terminal terminal = parent.terminal();
      Palette palette = output.palette(terminal);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text(terminal.columns(), palette));
      if (cost) {
        out.println();
        SurfaceOptions options = SurfaceOptions.withDefaults().withPrecision(Precision.FLOAT64);
        out.print(new CostTables(network, options).render(palette, terminal.columns()));
      }
      out.flush();
    }
    if (classes != null) {
      Rescaling none = Rescaling.identity(ScaleClasses.of(network));
      OutputFile.writeText(
          classes, output.force(), writer -> writer.write(RescalingFile.text(none)));
    }
    output.write(report);
    return Failures.OK;
  }
}
