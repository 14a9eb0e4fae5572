package dev.flatness.cli;

import dev.flatness.loss.LossRequest;
import dev.flatness.loss.Losses;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the loss is evaluated. */
class EvaluationOptions {
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
      names = "--label-smoothing",
      paramLabel = "A",
      converter = Quantities.NumberConverter.class,
      description = {
        "For cross-entropy: each target becomes 1 - A of it and A of the uniform distribution."
            + " Default: 0."
      })
  private Double labelSmoothing;

  @Option(
      names = "--class-weights",
      paramLabel = "W,W,…",
      converter = Quantities.NumbersConverter.class,
      description = {
        "For cross-entropy: a weight for each class; the mean over samples is weighted by them."
      })
  private Quantities.Numbers classWeights;

  @Option(
      names = "--ignore-index",
      paramLabel = "I",
      description = "For cross-entropy: leave out the samples with this label.")
  private Integer ignoreIndex;

  @Option(
      names = "--inputs-are-features",
      description = {
        "The inputs are features of another network, as for a last layer saved alone:"
            + " relative-flatness-normalized is defined for the first layer, too."
      })
  private boolean inputsAreFeatures;

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
      converter = Quantities.ThreadsConverter.class,
      description = "At most 1024. Default: all processors. Changes no number.")
  private Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Quantities.SizeConverter.class,
      description = {
        "Memory for buffers, vectors of solvers, cached inputs and activations, for instance 2G."
            + " Default and most: three quarters of the heap. Changes no number, unless it is too"
            + " small for a chunk of samples: the chunk is then made smaller, which a note says."
      })
  private Long memory;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "The root of all randomness. Default: 0.")
  private long seed;

  LossRequest loss() {
    LossRequest request = LossRequest.of(loss);
    request = labelSmoothing == null ? request : request.withLabelSmoothing(labelSmoothing);
    request =
        classWeights == null
            ? request
            : request.withClassWeights(Arrays.stream(classWeights.values()).boxed().toList());
    return ignoreIndex == null ? request : request.withIgnoreIndex(ignoreIndex);
  }

  /** Adds what was asked for to the settings of a report. */
  void record(Map<String, Object> settings) {
    settings.put("loss", loss);
    if (labelSmoothing != null) {
      settings.put("labelSmoothing", labelSmoothing);
    }
    if (classWeights != null) {
      settings.put("classWeights", classWeights.values());
    }
    if (ignoreIndex != null) {
      settings.put("ignoreIndex", ignoreIndex);
    }
  }

  long seed() {
    return seed;
  }

  SurfaceOptions surface() {
    SurfaceOptions options =
        SurfaceOptions.withDefaults()
            .withPrecision(precision)
            .withInputsAreFeatures(inputsAreFeatures)
            .withActivationBytes(Long.MAX_VALUE);
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
