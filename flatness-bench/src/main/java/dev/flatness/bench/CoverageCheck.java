package dev.flatness.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Checks that the aggregated coverage report lists every published module.
 *
 * <p>JaCoCo leaves a module out without a word if it is not a direct dependency of this one.
 */
public final class CoverageCheck {
  private static final Pattern MODULE =
      Pattern.compile("<artifactId>(flatness[^<]*)</artifactId>\\s*<version>[^<]*</version>\\s*</");

  private CoverageCheck() {}

  /**
   * Fails if a module is missing.
   *
   * @param args the POM with the versions of all published modules, JaCoCo's report as XML, and the
   *     modules that this build leaves out, separated by commas
   */
  public static void main(String[] args) throws IOException {
    Path report = Path.of(args[1]);
    if (!Files.exists(report)) {
      System.out.println("no coverage report was written, so nothing is checked");
      return;
    }
    String written = Files.readString(report);
    List<String> leftOut = List.of(args[2].split(","));
    List<String> missing =
        MODULE
            .matcher(Files.readString(Path.of(args[0])))
            .results()
            .map(match -> match.group(1))
            .filter(module -> !leftOut.contains(module))
            .filter(module -> !written.contains("<group name=\"" + module + "\""))
            .toList();
    if (!missing.isEmpty()) {
      System.err.println(
          "the coverage report does not list "
              + missing
              + "; make them direct dependencies of flatness-bench");
      System.exit(1);
    }
  }
}
