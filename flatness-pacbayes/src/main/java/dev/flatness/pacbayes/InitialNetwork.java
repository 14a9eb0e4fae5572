package dev.flatness.pacbayes;

import dev.flatness.measure.Setting;
import dev.flatness.network.Network;
import dev.flatness.network.NetworkReader;
import dev.flatness.network.Parameter;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The network that training started from, w⁰, for numbers that are measured from there.
 *
 * <p>Its parameters must have the shapes of the trained network's, in their order; names may
 * differ. Source: docs/mathematics.md#initial-network.
 */
public final class InitialNetwork {
  /** Where training started; not known, unless it is given. */
  public static final Setting<InitialNetwork> INITIAL =
      Setting.of(
              "initial",
              "FILE.onnx",
              "The network that training started from, for measures of the distance from it.",
              text -> file(Path.of(text)))
          .recordedAs("initial", InitialNetwork::id);

  private final String id;
  private final @Nullable Path file;
  private volatile @Nullable Network network;

  private InitialNetwork(String id, @Nullable Path file, @Nullable Network network) {
    this.id = id;
    this.file = file;
    this.network = network;
  }

  /**
   * Takes a network.
   *
   * @param network the network at w⁰
   * @return the initial network, in reports {@code given}
   */
  public static InitialNetwork of(Network network) {
    return new InitialNetwork("given", null, Objects.requireNonNull(network, "network"));
  }

  /**
   * Names a file, which is read when it is first needed.
   *
   * @param file a file that an installed {@link NetworkReader} reads, with its defaults
   * @return the initial network
   */
  public static InitialNetwork file(Path file) {
    return new InitialNetwork(file.toString(), file, null);
  }

  /**
   * Returns the name that reports record.
   *
   * @return the path of the file, or {@code given}
   */
  public String id() {
    return id;
  }

  /**
   * Returns the initial parameters of a trained network.
   *
   * @param trained the trained network
   * @return w⁰, a new array of as many parameters
   * @throws IllegalArgumentException if the file cannot be read, or its parameters have other
   *     shapes
   */
  public double[] parametersOf(Network trained) {
    Network initial = network();
    List<Shape> own = shapes(initial);
    List<Shape> wanted = shapes(trained);
    if (!own.equals(wanted)) {
      throw new IllegalArgumentException(
          "the initial network ("
              + id
              + ") has parameters of shapes "
              + own
              + ", expected "
              + wanted
              + " as the trained network; name the network that this training started from");
    }
    return initial.parameterVector();
  }

  private Network network() {
    Network known = network;
    if (known == null) {
      known = read(Objects.requireNonNull(file));
      network = known;
    }
    return known;
  }

  private static Network read(Path file) {
    for (NetworkReader reader :
        ServiceLoader.load(NetworkReader.class, InitialNetwork.class.getClassLoader())) {
      if (reader.reads(file)) {
        return reader.read(file);
      }
    }
    throw new IllegalArgumentException(
        "the initial network is named as \""
            + file
            + "\", which no installed reader reads; name a .onnx file");
  }

  private static List<Shape> shapes(Network network) {
    return network.parameters().stream().map(Parameter::shape).toList();
  }

  @Override
  public String toString() {
    return id;
  }
}
