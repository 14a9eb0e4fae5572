package dev.flatness.internal.runs;

import dev.flatness.data.Dataset;
import dev.flatness.loss.Loss;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Checksums of what a run is of, to tell runs apart. */
public final class RunCodes {
  private static final int BLOCK = 1 << 17;

  private RunCodes() {}

  /**
   * Returns a checksum of a network's graph, not of its parameters.
   *
   * @param network the network
   * @return its CRC-32
   */
  public static String of(Network network) {
    StringBuilder text = new StringBuilder();
    for (Node node : network.nodes()) {
      text.append(node.layer()).append(node.inputs()).append(node.shape()).append('\n');
    }
    return StateFile.code(text.toString());
  }

  /**
   * Returns a checksum of all samples.
   *
   * @param data the samples; read once
   * @return the CRC-32 of inputs and targets
   */
  public static String of(Dataset data) {
    CRC32 crc = new CRC32();
    int features = data.inputShape().size();
    int width = data.targetSize();
    int n = data.size();
    int block = Math.min(n, Math.max(1, BLOCK / features));
    double[] x = new double[block * features];
    double[] y = new double[block * width];
    for (int from = 0; from < n; from += block) {
      int count = Math.min(block, n - from);
      data.read(from, count, x, y);
      StateFile.update(crc, x, count * features);
      StateFile.update(crc, y, count * width);
    }
    return Long.toHexString(crc.getValue());
  }

  /**
   * Returns a loss's name and a checksum of its settings.
   *
   * @param loss the loss
   * @return both
   */
  public static String of(Loss loss) {
    StringBuilder text = new StringBuilder();
    loss.settings()
        .forEach(
            (name, value) ->
                text.append(name)
                    .append(value instanceof double[] row ? Arrays.toString(row) : value));
    return loss.id() + " " + StateFile.code(text.toString());
  }
}
