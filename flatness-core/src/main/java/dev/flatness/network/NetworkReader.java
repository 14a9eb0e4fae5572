package dev.flatness.network;

import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads networks from files of one format, found by {@link java.util.ServiceLoader}: so a setting
 * may name a file whatever module reads it.
 */
public interface NetworkReader {
  /**
   * Tells whether a file is of this format, by its name.
   *
   * @param file the file, which need not exist
   * @return whether {@link #read} is for it
   */
  boolean reads(Path file);

  /**
   * Reads a network.
   *
   * @param file the file
   * @return the network at the parameters of the file
   * @throws IllegalArgumentException if the file cannot be read as a network
   */
  Network read(Path file);

  /**
   * Reads a network with what the file says beside it, for conversion to another format.
   *
   * <p>By default the network of {@link #read} alone; then no shape may be given.
   *
   * @param file the file
   * @param inputShape the shape of one sample, for files that leave it open; null for the file's
   * @return the network and what its own framework says about it
   * @throws IllegalArgumentException if the file cannot be read as a network
   */
  default Imported importFrom(Path file, @Nullable Shape inputShape) {
    if (inputShape != null) {
      throw new IllegalArgumentException(
          "the shape " + inputShape + " was given, but the format of " + file + " has its own");
    }
    return new Imported(read(file), "", null);
  }

  /**
   * A network that was made in another framework.
   *
   * @param network the network, with notes
   * @param loss one sentence about the loss it was trained with; empty if the file does not say
   * @param original evaluates the framework's own network, one row an input, as {@link
   *     Network#outputs(double[][])} does; null where the framework is not there
   */
  record Imported(Network network, String loss, @Nullable UnaryOperator<double[][]> original) {}
}
