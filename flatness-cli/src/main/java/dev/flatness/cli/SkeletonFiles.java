package dev.flatness.cli;

import dev.flatness.basispath.PsiMeasures;
import dev.flatness.measure.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file that {@code --skeleton} may name. */
final class SkeletonFiles {
  private static final List<String> RULES = List.of("auto", "diagonal", "balanced");

  private SkeletonFiles() {}

  /** The files that are read. */
  static List<Path> of(Settings settings) {
    String skeleton = settings.get(PsiMeasures.SKELETON).id();
    if (skeleton.isBlank() || Files.isDirectory(Path.of(skeleton))) {
      throw new IllegalArgumentException(
          "--skeleton names \""
              + skeleton
              + "\", expected auto, diagonal, balanced or a file of weights");
    }
    return RULES.contains(skeleton) ? List.of() : List.of(Path.of(skeleton));
  }
}
