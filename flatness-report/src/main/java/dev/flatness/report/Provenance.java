package dev.flatness.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What computed the numbers. */
final class Provenance {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Provenance() {}

  static Map<String, Object> of(String provider) {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("version", version());
    provenance.put(
        "jdk", System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"));
    provenance.put("cpu", processor());
    provenance.put("provider", provider);
    return provenance;
  }

  private static String version() {
    String version = Provenance.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String processor() {
    return model() + ", " + Runtime.getRuntime().availableProcessors() + " processors";
  }

  private static String model() {
    String architecture = System.getProperty("os.arch");
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse(architecture);
    } catch (IOException | UncheckedIOException elsewhere) {
      // Only Linux has the file.
      return architecture;
    }
  }
}
