package dev.flatness.cli;

import dev.flatness.MeasureCatalog;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is measured, with the settings of all installed measures. */
final class MeasureOptions {
  private final SettingOptions settings = new SettingOptions();

  @Option(
      names = "--measures",
      paramLabel = "ID",
      split = ",",
      description = {
        "Ids and groups, separated by commas; flatness measures lists them. Groups: default,"
            + " classical, comparable, invariant, psi, all. An id that does not apply is an error;"
            + " one of a group is reported without a value. Default: default."
      })
  private List<String> measures = List.of("default");

  /** Adds the options of the settings. */
  @Spec(Spec.Target.MIXEE)
  void setMixee(CommandSpec command) {
    settings.addTo(command, MeasureCatalog.installed().settings());
  }

  List<String> measures() {
    return measures;
  }

  Settings settings() {
    return settings.settings();
  }

  /** The files that are read. */
  List<Path> files() {
    return SkeletonFiles.of(settings());
  }

  /** Refuses a file that is no skeleton of the network, before any work. */
  void check(Network network) {
    if (!files().isEmpty()) {
      settings().get(PsiMeasures.SKELETON).choose(network);
    }
  }
}
