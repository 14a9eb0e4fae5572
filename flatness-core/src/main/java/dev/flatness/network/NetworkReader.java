package dev.flatness.network;

import java.nio.file.Path;

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
}
