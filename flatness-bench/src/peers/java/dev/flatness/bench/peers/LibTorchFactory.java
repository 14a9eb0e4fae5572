package dev.flatness.bench.peers;

import dev.flatness.data.Dataset;
import dev.flatness.network.Network;
import org.bytedeco.pytorch.global.torch;

/** Double backward of libtorch. */
public final class LibTorchFactory implements PeerFactory {
  @Override
  public String name() {
    return "libtorch 2.10.0";
  }

  @Override
  public Object open(Network network, Dataset data, int batch, int threads) {
    torch.set_num_threads(threads);
    return new LibTorch(network, data, batch);
  }
}
