package dev.flatness.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What computed the numbers.
 *
 * @param provider the provider of the matrix products
 * @param command the command line that repeats them, null where no command ran
 */
record Provenance(String provider, @Nullable String command) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** By a program, without a command. */
  static Provenance of(String provider) {
    return new Provenance(provider, null);
  }

  Provenance withCommand(String line) {
    return new Provenance(provider, line);
  }

  Map<String, Object> fields() {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("version", version());
    provenance.put(
        "jdk", System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"));
    provenance.put("cpu", processor());
    provenance.put("provider", provider);
    if (command != null) {
      provenance.put("command", command);
    }
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
