package dev.flatness.cli;

import dev.flatness.surface.SurfaceOptions;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts sizes in bytes, numbers and lists of them from the command line. */
final class Quantities {
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(?:i?b)?");

  private static final int MOST_EPOCHS = 1_000_000;

  private Quantities() {}

  /** Bytes, for instance {@code 512M} or {@code 2GiB}; the units are powers of 1,024. */
  static final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      Matcher size = SIZE.matcher(text.trim().toLowerCase(Locale.ROOT));
      if (size.matches()) {
        int power = 10 * "kmgt".indexOf(size.group(2).isEmpty() ? "-" : size.group(2)) + 10;
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << power));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0 && bytes.longValue() > 0) {
          return bytes.longValue();
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no size above 0; write bytes or one such as 512M or 2GiB");
    }
  }

  /** A file or folder; an empty name would mean the current folder. */
  static final class FileConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      if (text.isBlank()) {
        throw new TypeConversionException("'" + text + "' is no name of a file; write one");
      }
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new TypeConversionException("'" + text + "' is no name of a file: " + e.getReason());
      }
    }
  }

  /** Numbers separated by commas. */
  record Numbers(double[] values) {}

  static final class NumbersConverter implements ITypeConverter<Numbers> {
    @Override
    public Numbers convert(String text) {
      String[] parts = text.split(",", -1);
      double[] values = new double[parts.length];
      for (int i = 0; i < parts.length; i++) {
        values[i] =
            number(parts[i], text, " list of numbers; write one such as 0.5 or 0.49,0.48,0.45");
      }
      return new Numbers(values);
    }

    private static double number(String part, String text, String expected) {
      double value = Double.NaN;
      try {
        value = Double.parseDouble(part.trim());
      } catch (NumberFormatException notANumber) {
        value = Double.NaN;
      }
      if (!Double.isFinite(value)) {
        throw new TypeConversionException("'" + text + "' is no" + expected);
      }
      return value;
    }
  }

  /** Positive whole numbers separated by commas. */
  record Sizes(int[] values) {}

  static final class SizesConverter implements ITypeConverter<Sizes> {
    @Override
    public Sizes convert(String text) {
      String[] parts = text.split(",", -1);
      int[] values = new int[parts.length];
      for (int i = 0; i < parts.length; i++) {
        String part = parts[i].trim();
        values[i] = part.matches("\\d{1,9}") ? Integer.parseInt(part) : 0;
        if (values[i] == 0) {
          throw new TypeConversionException(
              "'" + text + "' is no list of positive whole numbers; write one such as 3,32,32");
        }
      }
      return new Sizes(values);
    }
  }

  /** A whole number from 1. */
  static final class CountConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return whole(text, 1, Integer.MAX_VALUE);
    }
  }

  /** A number of threads. */
  static final class ThreadsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return whole(text, 1, SurfaceOptions.MOST_THREADS);
    }
  }

  /** A number of epochs, each of which leaves an entry of the history. */
  static final class EpochsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return whole(text, 1, MOST_EPOCHS);
    }
  }

  /** A whole number from 0. */
  static final class IndexConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return whole(text, 0, Integer.MAX_VALUE);
    }
  }

  private static int whole(String text, int from, int most) {
    if (text.trim().matches("\\d{1,18}")) {
      long value = Long.parseLong(text.trim());
      if (value >= from && value <= most) {
        return (int) value;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is no whole number from " + from + " to " + most);
  }

  /** Any whole number of 64 bits. */
  static final class WholeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return Long.valueOf(text.trim());
      } catch (NumberFormatException notANumber) {
        throw new TypeConversionException("'" + text + "' is no whole number of 64 bits");
      }
    }
  }

  /** Any finite number. */
  static final class NumberConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      return NumbersConverter.number(text, text, " number; write one such as 0.5");
    }
  }

  /** A finite number above 0. */
  static final class PositiveConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      try {
        double value = Double.parseDouble(text.trim());
        if (value > 0 && Double.isFinite(value)) {
          return value;
        }
      } catch (NumberFormatException notANumber) {
        throw refusal(text);
      }
      throw refusal(text);
    }

    private static TypeConversionException refusal(String text) {
      return new TypeConversionException(
          "'" + text + "' is no number above 0; write one such as 0.001 or 1e-3");
    }
  }
}
