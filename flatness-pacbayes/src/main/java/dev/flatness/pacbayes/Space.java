package dev.flatness.pacbayes;

import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.network.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The coordinates in which prior and posterior are Gaussian, at one trained network. */
interface Space {
  /** The name used in reports. */
  String id();

  /** Whether the coordinates are the parameters themselves. */
  default boolean isWeights() {
    return false;
  }

  /** The trained network's coordinates. */
  double[] center();

  /** The parameters at a point; entries need not be finite. */
  double[] parametersAt(double[] coordinates);

  /** The coordinates of the network that a prior is centered at. */
  double[] centerOf(Network initial);

  /** The position in θ of the parameter that a coordinate moves. */
  int position(int coordinate);

  /**
   * What the discrete part of the coordinates adds to the divergence.
   *
   * @param initial the network that the prior is centered at; empty for a prior around 0
   */
  double discrete(Optional<Network> initial);

  /** What has to hold of the coordinates for the bound. */
  List<String> assumptions();

  /** The number of coordinates. */
  default int dimension() {
    return center().length;
  }

  /**
   * The layer of each coordinate.
   *
   * @param network the network
   * @param names receives the names of the layers that have coordinates, in their order
   * @return positions in {@code names}
   */
  default int[] layers(Network network, List<String> names) {
    int[] owner = new int[network.parameterCount()];
    for (Node node : network.nodes()) {
      for (int parameter : new int[] {node.weight(), node.bias()}) {
        if (parameter >= 0) {
          Parameter own = network.parameters().get(parameter);
          Arrays.fill(owner, own.offset(), own.offset() + own.size(), node.index());
        }
      }
    }
    int[] layer = new int[dimension()];
    for (int i = 0; i < layer.length; i++) {
      String name = network.node(owner[position(i)]).name();
      if (!names.contains(name)) {
        names.add(name);
      }
      layer[i] = names.indexOf(name);
    }
    return layer;
  }

  /** The parameters themselves. */
  static Space weights(Network network) {
    double[] theta = network.parameterVector();
    return new Space() {
      @Override
      public String id() {
        return "weights";
      }

      @Override
      public boolean isWeights() {
        return true;
      }

      @Override
      public double[] center() {
        return theta.clone();
      }

      @Override
      public double[] parametersAt(double[] coordinates) {
        return coordinates;
      }

      @Override
      public double[] centerOf(Network initial) {
        return initial.parameterVector();
      }

      @Override
      public int position(int coordinate) {
        return coordinate;
      }

      @Override
      public double discrete(Optional<Network> initial) {
        return 0;
      }

      @Override
      public List<String> assumptions() {
        return List.of();
      }
    };
  }
}
