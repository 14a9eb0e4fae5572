package dev.flatness.cli;

import dev.flatness.surface.SurfaceOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the loss is evaluated by commands that do not train. */
final class BatchOptions extends EvaluationOptions {
  @Option(
      names = "--batch-size",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Samples evaluated at once; changes no number beyond rounding.")
  private @Nullable Integer batchSize;

  @Override
  SurfaceOptions surface() {
    return batchSize == null ? super.surface() : super.surface().withBatchSize(batchSize);
  }
}
