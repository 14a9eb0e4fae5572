package dev.flatness.cli;

import dev.flatness.basispath.Skeleton;
import dev.flatness.basispath.SkeletonRule;
import dev.flatness.network.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Along which weights basis paths run. */
final class SkeletonOptions {
  private static final List<String> RULES = List.of("auto", "diagonal", "balanced");

  @Option(
      names = "--skeleton",
      paramLabel = "RULE",
      defaultValue = "auto",
      description = {
        "auto, diagonal, balanced or a file, the weights that basis paths run along. Default: auto,"
            + " diagonal for chains of layers and balanced for other graphs."
      })
  private String skeleton;

  SkeletonRule rule() {
    return SkeletonRule.named(skeleton);
  }

  /** Whether something other than the default is asked for. */
  boolean chosen() {
    return !skeleton.equals("auto");
  }

  /** The files that are read. */
  List<Path> files() {
    return files(skeleton);
  }

  static List<Path> files(String skeleton) {
    if (skeleton.isBlank() || Files.isDirectory(Path.of(skeleton))) {
      throw new IllegalArgumentException(
          "--skeleton names \""
              + skeleton
              + "\", expected auto, diagonal, balanced or a file of weights");
    }
    return RULES.contains(skeleton) ? List.of() : List.of(Path.of(skeleton));
  }

  Skeleton choose(Network network) {
    return rule().choose(network);
  }

  void record(Map<String, Object> settings) {
    settings.put("skeleton", skeleton);
  }
}
