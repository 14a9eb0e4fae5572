package dev.flatness.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

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
  Path file;

  @Option(names = "--labels", paramLabel = "FILE", description = "The labels of IDX images.")
  Path labels;

  @Option(
      names = "--skip",
      paramLabel = "N",
      converter = Quantities.IndexConverter.class,
      description = "Leave out the first N samples of the file.")
  Integer skip;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Quantities.CountConverter.class,
      description = "Use no more than N samples, in file order, after those skipped.")
  Integer limit;

  @Option(
      names = "--scale",
      paramLabel = "S",
      description = "Inputs become (x·S - mean)/std; 1/255 for integer pixels, else 1.")
  Double scale;

  @Option(
      names = "--mean",
      paramLabel = "M[,M,M]",
      converter = Quantities.NumbersConverter.class,
      description = "The mean to subtract, one or one per channel.")
  Quantities.Numbers mean;

  @Option(
      names = "--std",
      paramLabel = "D[,D,D]",
      converter = Quantities.NumbersConverter.class,
      description = "The standard deviation to divide by, one or one per channel.")
  Quantities.Numbers standardDeviation;

  @Option(
      names = "--layout",
      paramLabel = "nchw|nhwc",
      description = "The order of image axes where it is not found by itself.")
  String layout;

  @Option(
      names = "--input-shape",
      paramLabel = "D,D,D",
      converter = Quantities.SizesConverter.class,
      description = "The shape of one sample where it is not found by itself.")
  Quantities.Sizes inputShape;
}
