package dev.flatness.cli;

import dev.flatness.loss.Losses;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the loss is evaluated. */
final class EvaluationOptions {
  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "auto",
      completionCandidates = LossIds.class,
      description = {
        "One of ${COMPLETION-CANDIDATES}. Default: auto, by the targets and the number of outputs."
      })
  private String loss;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "float64",
      converter = PrecisionConverter.class,
      description = "float64 or float32. Default: float64.")
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Default: all processors. Changes no number.")
  private Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Quantities.SizeConverter.class,
      description = {
        "Memory for buffers, cached inputs and activations, for instance 2G. Default: what the"
            + " virtual machine has, half of it for activations. Changes no number."
      })
  private Long memory;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "The root of all randomness. Default: 0.")
  private long seed;

  String loss() {
    return loss;
  }

  long seed() {
    return seed;
  }

  SurfaceOptions surface() {
    SurfaceOptions options =
        SurfaceOptions.withDefaults()
            .withPrecision(precision)
            .withActivationBytes(Runtime.getRuntime().maxMemory() / 2);
    options = threads == null ? options : options.withThreads(threads);
    return memory == null ? options : options.withMemoryBytes(memory);
  }

  private static final class LossIds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Losses.ids().iterator();
    }
  }

  private static final class PrecisionConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      for (Precision precision : Precision.values()) {
        if (precision.id().equals(text)) {
          return precision;
        }
      }
      throw new TypeConversionException("'" + text + "' is no precision; write float64 or float32");
    }
  }
}
