package dev.flatness.cli;

import dev.flatness.basispath.BasisPathFile;
import dev.flatness.basispath.BasisPaths;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.basispath.SkeletonFile;
import dev.flatness.internal.files.OutputFile;
import dev.flatness.network.Network;
import dev.flatness.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows the basis paths of a network, without data. */
@Command(
    name = "basis-paths",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    sortOptions = false,
    description = {
      "Shows the basis paths of a network: how many there are, their values, and how good the"
          + " coordinates are that each rule makes of them."
    },
    footerHeading = "%nExample:%n",
    footer = "  flatness basis-paths --model mlp.onnx --smallest 10 --export paths.csv")
final class BasisPathsCommand implements Callable<Integer> {
  @ParentCommand private FlatnessCommand parent;
  private final SettingOptions settings = new SettingOptions();
  private CommandSpec spec;

  /** Adds the option of the rule. */
  @Spec
  void setSpec(CommandSpec command) {
    spec = command;
    settings.addTo(command, List.of(PsiMeasures.SKELETON));
  }

  @Mixin private ModelOptions model;

  @Option(
      names = "--input-shape",
      paramLabel = "D,D,D",
      converter = Quantities.SizesConverter.class,
      description = "The shape of one input where the file leaves it open.")
  private Quantities.Sizes inputShape;

  @Option(
      names = "--largest",
      paramLabel = "N",
      defaultValue = "3",
      converter = Quantities.IndexConverter.class,
      description = "How many of the largest paths to list. Default: 3.")
  private int largest;

  @Option(
      names = "--smallest",
      paramLabel = "N",
      defaultValue = "3",
      converter = Quantities.IndexConverter.class,
      description = "How many of the smallest paths to list. Default: 3.")
  private int smallest;

  @Option(
      names = "--export",
      paramLabel = "FILE.csv",
      description = "Write all paths with their values as comma-separated values.")
  private Path export;

  @Option(
      names = "--save-skeleton",
      paramLabel = "FILE",
      description = "Write the weights that the paths run along, for --skeleton.")
  private Path saveSkeleton;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    List<Path> inputs = new ArrayList<>(SkeletonFiles.of(settings.settings()));
    inputs.addAll(model.network().files());
    output.check(inputs);
    output.check("--export", export, inputs);
    output.check("--save-skeleton", saveSkeleton, inputs);
    OutputOptions.requireApart("--export", export, "--save-skeleton", saveSkeleton);
    Network network = model.network().read(inputShape);
    BasisPaths paths = BasisPaths.of(settings.settings().get(PsiMeasures.SKELETON).choose(network));
    Report report =
        model
            .network()
            .described(Report.of(paths, largest, smallest))
            .withSettings(settings.settings().recorded(List.of(PsiMeasures.SKELETON)));
    output.show(report, parent.terminal(), spec.commandLine().getOut());
    if (export != null) {
      OutputFile.writeText(export, output.force(), writer -> BasisPathFile.write(paths, writer));
    }
    if (saveSkeleton != null) {
      OutputFile.writeText(
          saveSkeleton,
          output.force(),
          writer -> writer.write(SkeletonFile.text(paths.skeleton())));
    }
    output.write(report);
    return Failures.OK;
  }
}
