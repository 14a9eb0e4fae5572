package dev.flatness.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How the loss is evaluated. */
final class EvaluationOptions {
  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "auto",
      description = {
        "auto, cross-entropy, squared-error or binary-cross-entropy. Default: auto, by the targets"
            + " and the number of outputs."
      })
  String loss;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Samples evaluated at once; changes no number beyond rounding.")
  Integer batchSize;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "float64",
      description = "float64 or float32. Default: float64.")
  String precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Default: all processors. Changes no number.")
  Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Quantities.SizeConverter.class,
      description = "Memory for cached data, for instance 512M. Changes no number.")
  Long memory;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "The root of all randomness. Default: 0.")
  long seed;

  @Option(
      names = "--time-limit",
      paramLabel = "DURATION",
      converter = Quantities.DurationConverter.class,
      description = {
        "Stop iterations after this time, for instance 90s or 10m; their numbers are then marked"
            + " and the exit code is 3."
      })
  Duration timeLimit;
}
