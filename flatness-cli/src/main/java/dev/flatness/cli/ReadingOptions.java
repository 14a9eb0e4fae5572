package dev.flatness.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a network is read from its file. */
class ReadingOptions {
  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = {
        "The output of the file to take: a graph output or an internal tensor.",
        "Default: the first output."
      })
  private @Nullable String output;

  @Option(
      names = "--untie",
      description = {
        "Give every layer a weight of its own where the file stores one for several layers.",
        "Default: they share it."
      })
  private boolean untie;

  NetworkFile network(Path model, @Nullable Path weights) {
    return new NetworkFile(model, weights, output, untie);
  }
}
