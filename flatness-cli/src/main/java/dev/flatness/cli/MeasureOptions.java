package dev.flatness.cli;

import dev.flatness.MeasureCatalog;
import dev.flatness.basispath.PsiMeasures;
import dev.flatness.measure.Settings;
import dev.flatness.network.Network;
import dev.flatness.pacbayes.InitialNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
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
            + " classical, comparable, invariant, jiang, psi, all. An id that does not apply is an error;"
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
    List<Path> files = new ArrayList<>(SkeletonFiles.of(settings()));
    settings().given(InitialNetwork.INITIAL).ifPresent(initial -> files.add(Path.of(initial.id())));
    return files;
  }

  /** Refuses a file that is no skeleton or no start of the network, before any work. */
  void check(Network network) {
    settings().given(InitialNetwork.INITIAL).ifPresent(initial -> initial.parametersOf(network));
    if (!SkeletonFiles.of(settings()).isEmpty()) {
      settings().get(PsiMeasures.SKELETON).choose(network);
    }
  }
}
