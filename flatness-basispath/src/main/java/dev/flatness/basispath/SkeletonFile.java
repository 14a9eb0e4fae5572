package dev.flatness.basispath;

import dev.flatness.internal.text.Printable;
import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Skeletons as text, so that a skeleton chosen before training, or written by hand, can be used
 * after it.
 *
 * <p>Format: a line {@code out,TENSOR,ENTRY} for each free out-edge and {@code in,TENSOR,ENTRY} for
 * each in-edge, the tensor by its name, the entry by its row-major place in it, as {@code
 * out,fc1.weight,12}; empty lines and lines that start with # do not count.
 */
public final class SkeletonFile {
  private static final int MOST_BYTES = 64 << 20;
  private static final int SHOWN = 20;

  private SkeletonFile() {}

  /**
   * Writes a skeleton as text.
   *
   * @param skeleton the skeleton
   * @return the lines, each ended by a line feed
   */
  public static String text(Skeleton skeleton) {
    Network network = skeleton.graph().network();
    StringBuilder text = new StringBuilder();
    text.append("# skeleton of basis paths, rule ").append(skeleton.rule()).append('\n');
    append(text, "out", network, skeleton.freeEdges());
    append(text, "in", network, skeleton.inEdges());
    return text.toString();
  }

  private static void append(StringBuilder text, String kind, Network network, int[] edges) {
    for (int position : edges) {
      PathEdge edge = PathEdge.of(network, position);
      text.append(kind)
          .append(',')
          .append(edge.parameter())
          .append(',')
          .append(edge.entry(network))
          .append('\n');
    }
  }

  /**
   * Reads a skeleton.
   *
   * @param file the file
   * @param network the network that it is for
   * @return the skeleton
   * @throws IllegalArgumentException if the file is missing, a line is no edge of the network, or
   *     the edges are no skeleton; naming the line
   */
  public static Skeleton read(Path file, Network network) {
    List<String> lines = lines(file);
    Map<String, Parameter> tensors = new HashMap<>();
    network.parameters().forEach(parameter -> tensors.put(parameter.name(), parameter));
    List<Integer> out = new ArrayList<>();
    List<Integer> in = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int first = line.indexOf(',');
      int last = line.lastIndexOf(',');
      String kind = first < 0 ? line : line.substring(0, first);
      if (first == last || !(kind.equals("out") || kind.equals("in"))) {
        throw refused(file, i, line, "expected out,TENSOR,ENTRY or in,TENSOR,ENTRY");
      }
      Parameter parameter = tensors.get(line.substring(first + 1, last));
      if (parameter == null) {
        throw refused(
            file,
            i,
            line,
            "expected one of the tensors "
                + network.parameters().stream().map(Parameter::name).limit(SHOWN).toList()
                + (tensors.size() > SHOWN ? " and " + (tensors.size() - SHOWN) + " others" : ""));
      }
      (kind.equals("out") ? out : in)
          .add(parameter.offset() + entry(file, i, line, line.substring(last + 1), parameter));
    }
    try {
      return Skeleton.of(network, toArray(out), toArray(in));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("skeleton file " + file + ": " + e.getMessage(), e);
    }
  }

  private static int entry(Path file, int i, String line, String cell, Parameter parameter) {
    try {
      int entry = Integer.parseInt(cell.strip());
      if (entry >= 0 && entry < parameter.size()) {
        return entry;
      }
    } catch (NumberFormatException e) {
      // Refused below, with what was expected.
    }
    throw refused(
        file,
        i,
        line,
        "expected an entry of " + parameter.name() + ", 0 to " + (parameter.size() - 1));
  }

  private static List<String> lines(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "skeleton file "
              + file
              + " is a folder, a device or a pipe; name a file that basis-paths wrote");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IllegalArgumentException(
            "skeleton file "
                + file
                + " has more than "
                + MOST_BYTES
                + " bytes; name a file that basis-paths wrote");
      }
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return text.toString().lines().toList();
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "skeleton \""
              + file
              + "\" is no rule and no file, expected auto, diagonal, balanced or a file",
          e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new IllegalArgumentException("skeleton file " + file + " is no text", e);
    } catch (IOException e) {
      throw new UncheckedIOException("skeleton file " + file + " cannot be read", e);
    }
  }

  private static IllegalArgumentException refused(Path file, int i, String line, String expected) {
    return new IllegalArgumentException(
        "line "
            + (i + 1)
            + " of the skeleton file "
            + file
            + " is \""
            + Printable.cut(line)
            + "\", "
            + expected);
  }

  private static int[] toArray(List<Integer> list) {
    return IntStream.range(0, list.size()).map(list::get).toArray();
  }
}
