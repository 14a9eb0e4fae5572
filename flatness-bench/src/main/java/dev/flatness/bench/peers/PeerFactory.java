package dev.flatness.bench.peers;

import dev.flatness.data.Dataset;
import dev.flatness.network.Network;

/** Makes peers; found by {@link java.util.ServiceLoader} where the profile peers brought one. */
public interface PeerFactory {
  /** The library and its version. */
  String name();

  /**
   * Makes a peer.
   *
   * @param network layers it may use: dense, convolution, ReLU, tanh, pooling, flatten
   * @param data inputs and labels
   * @param batch samples a pass: all of them if memory allows
   * @param threads threads
   */
  Object open(Network network, Dataset data, int batch, int threads);
}
