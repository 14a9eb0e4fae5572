package dev.flatness.symmetry;

import dev.flatness.internal.text.Printable;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rescalings as text: the factors of free scale classes by name.
 *
 * <p>Format: lines {@code class,factor}. A class is named as {@link ScaleClasses#describe} does, or
 * by one of its members alone, as {@code fc1[3]}. Classes that are not named keep the factor 1. A
 * header {@code class,factor}, empty lines and lines that start with # do not count. What follows
 * the last comma is the factor.
 */
public final class RescalingFile {
  private static final int MOST_BYTES = 64 << 20;
  private static final String HEADER = "class,factor";

  private RescalingFile() {}

  /**
   * Writes a rescaling as text.
   *
   * <p>Cost: linear in the channels of the network.
   *
   * @param rescaling the rescaling
   * @return a header and one line a free class, each ended by a line feed
   */
  public static String text(Rescaling rescaling) {
    ScaleClasses classes = rescaling.classes();
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    List<String> names = classes.freeNames();
    for (int c = 0; c < names.size(); c++) {
      text.append(names.get(c)).append(',').append(rescaling.factor(c)).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads a rescaling.
   *
   * @param file the file
   * @param classes the scale classes of the network that it is for
   * @return the rescaling
   * @throws IllegalArgumentException if the file is missing or no text, a line names no free class
   *     or a class twice, or a factor is not positive and finite; naming the line
   */
  public static Rescaling read(Path file, ScaleClasses classes) {
    List<String> lines = lines(file);
    Map<String, Integer> named = names(classes);
    double[] factors = new double[classes.freeCount()];
    Arrays.fill(factors, 1);
    BitSet given = new BitSet();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#") || line.equals(HEADER)) {
        continue;
      }
      int comma = line.lastIndexOf(',');
      if (comma < 0) {
        throw refused(file, i, line, "expected " + HEADER);
      }
      Integer scaleClass = named.get(line.substring(0, comma).strip());
      if (scaleClass == null) {
        throw refused(
            file,
            i,
            line,
            "and no free scale class has that name; flatness info --classes FILE writes those there"
                + " are");
      }
      if (given.get(scaleClass)) {
        throw refused(file, i, line, "and its class has a factor already; leave one of them out");
      }
      given.set(scaleClass);
      factors[scaleClass] = factor(file, i, line, line.substring(comma + 1).strip());
    }
    return Rescaling.of(classes, factors);
  }

  private static double factor(Path file, int i, String line, String cell) {
    try {
      double factor = Double.parseDouble(cell);
      if (factor > 0 && factor < Double.POSITIVE_INFINITY) {
        return factor;
      }
    } catch (NumberFormatException e) {
      // Refused below, with what was expected.
    }
    throw refused(file, i, line, "expected a positive finite factor after the last comma");
  }

  /** The names of free classes, and those of their members. */
  private static Map<String, Integer> names(ScaleClasses classes) {
    Map<String, Integer> named = new HashMap<>();
    Network network = classes.network();
    for (Node node : network.nodes()) {
      if (node.weight() < 0 && node.bias() < 0) {
        continue;
      }
      for (int channel = 0; channel < node.shape().extent(0); channel++) {
        int scaleClass = classes.classOfChannel(node.index(), channel);
        if (classes.isFree(scaleClass)) {
          named.put(node.name() + "[" + channel + "]", scaleClass);
        }
      }
    }
    List<String> descriptions = classes.freeNames();
    for (int c = 0; c < descriptions.size(); c++) {
      named.put(descriptions.get(c), c);
    }
    return named;
  }

  private static List<String> lines(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "factor file "
              + file
              + " is a folder, a device or a pipe; name a file of lines "
              + HEADER);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IllegalArgumentException(
            "factor file " + file + " has more than " + MOST_BYTES + " bytes; name a smaller file");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes))
          .toString()
          .replaceFirst("^\ufeff", "") // the mark that spreadsheets put before UTF-8
          .lines()
          .toList();
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("factor file " + file + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("factor file " + file + " is no text", e);
    } catch (IOException e) {
      throw new UncheckedIOException("factor file " + file + " cannot be read", e);
    }
  }

  private static IllegalArgumentException refused(Path file, int i, String line, String expected) {
    return new IllegalArgumentException(
        "line "
            + (i + 1)
            + " of the factor file "
            + file
            + " is \""
            + Printable.cut(line)
            + "\", "
            + expected);
  }
}
