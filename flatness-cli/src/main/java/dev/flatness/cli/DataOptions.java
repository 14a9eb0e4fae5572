package dev.flatness.cli;

import dev.flatness.data.AxisOrder;
import dev.flatness.data.DataSource;
import dev.flatness.data.Preprocessing;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which data, and what happens to them before the network sees them. */
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = {
        "An .npz with x and y, IDX images (gzip or not, with --labels), a CIFAR-10 .bin or a .csv"
            + " with the label in the last column."
      })
  private Path file;

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of IDX images.")
  private Path labels;

  @Option(
      names = "--label-column",
      paramLabel = "first|last|N",
      converter = ColumnConverter.class,
      description = "The column of a .csv that holds the label, N counted from 1. Default: last.")
  private Integer labelColumn;

  @Option(
      names = "--skip",
      paramLabel = "N",
      converter = Quantities.IndexConverter.class,
      description = "Leave out the first N samples of the file.")
  private Integer skip;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Use no more than N samples, in file order, after those skipped.")
  private Integer limit;

  @Option(
      names = "--scale",
      paramLabel = "S",
      description = "Inputs become (x·S - mean)/std. Default: 1/255 for integer pixels, else 1.")
  private Double scale;

  @Option(
      names = "--mean",
      paramLabel = "M[,M,M]",
      converter = Quantities.NumbersConverter.class,
      description = "The mean to subtract, one or one per channel.")
  private Quantities.Numbers mean;

  @Option(
      names = "--std",
      paramLabel = "D[,D,D]",
      converter = Quantities.NumbersConverter.class,
      description = "The standard deviation to divide by, one or one per channel.")
  private Quantities.Numbers standardDeviation;

  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc",
      converter = LayoutConverter.class,
      description = "The order of image axes where it is not found by itself.")
  private AxisOrder layout;

  @Option(
      names = "--input-shape",
      paramLabel = "D,D,D",
      converter = Quantities.SizesConverter.class,
      description = "The shape of one input of the model where it is not found by itself.")
  private Quantities.Sizes inputShape;

  /** Whether there are data; only where a command does not require them can there be none. */
  boolean given() {
    return file != null;
  }

  Path file() {
    return file;
  }

  /** What is read. */
  List<Path> files() {
    return labels == null ? List.of(file) : List.of(file, labels);
  }

  Quantities.Sizes inputShape() {
    return inputShape;
  }

  DataSource source() {
    DataSource source = DataSource.of(file);
    source = labels == null ? source : source.withLabels(labels);
    return labelColumn == null || lastColumn() ? source : source.withLabelColumn(labelColumn);
  }

  private boolean lastColumn() {
    return labelColumn != null && labelColumn == ColumnConverter.LAST;
  }

  Preprocessing preprocessing() {
    Preprocessing how = wholeFile();
    how = skip == null ? how : how.withSkip(skip);
    return limit == null ? how : how.withLimit(limit);
  }

  /** What happens to the samples of any file of this kind. */
  Preprocessing wholeFile() {
    Preprocessing how = Preprocessing.withDefaults();
    how = scale == null ? how : how.withScale(scale);
    how = mean == null ? how : how.withMean(mean.values());
    how = standardDeviation == null ? how : how.withStandardDeviation(standardDeviation.values());
    how = layout == null ? how : how.withLayout(layout);
    return inputShape == null ? how : how.withInputShape(Shape.of(inputShape.values()));
  }

  /** Adds what was asked for to the settings of a report. */
  void record(Map<String, Object> settings) {
    put(settings, "labels", labels == null ? null : labels.toString());
    put(settings, "labelColumn", lastColumn() ? "last" : labelColumn);
    put(settings, "skip", skip);
    put(settings, "limit", limit);
    put(settings, "scale", scale);
    put(settings, "mean", mean == null ? null : mean.values());
    put(settings, "std", standardDeviation == null ? null : standardDeviation.values());
    put(settings, "layout", layout == null ? null : layout.id());
    put(settings, "inputShape", inputShape == null ? null : inputShape.values());
  }

  private static void put(Map<String, Object> settings, String name, @Nullable Object value) {
    if (value != null) {
      settings.put(name, value);
    }
  }

  private static final class ColumnConverter implements ITypeConverter<Integer> {
    static final int LAST = 0;

    @Override
    public Integer convert(String text) {
      if (text.equals("first")) {
        return 1;
      }
      if (text.equals("last")) {
        return LAST;
      }
      if (text.matches("[1-9]\\d{0,8}")) {
        return Integer.valueOf(text);
      }
      throw new TypeConversionException(
          "'" + text + "' is no column; write first, last or a number counted from 1");
    }
  }

  private static final class LayoutConverter implements ITypeConverter<AxisOrder> {
    @Override
    public AxisOrder convert(String text) {
      for (AxisOrder layout : AxisOrder.values()) {
        if (layout.id().equals(text)) {
          return layout;
        }
      }
      throw new TypeConversionException("'" + text + "' is no layout; write nchw or nhwc");
    }
  }
}
