package dev.flatness.bench.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** How an input is made of a random source, and who reads it. */
interface Reading {
  /** What it is called on the command line and in the names of saved inputs. */
  String id();

  /** How the names of its files end. */
  String suffix();

  /** Makes an input; the folder is for what has to be written on the way. */
  byte[] input(Random random, Path folder) throws IOException;

  /** Reads an input as users do. */
  void read(Path input, Path folder) throws IOException;
}
