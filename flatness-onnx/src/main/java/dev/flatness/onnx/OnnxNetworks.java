package dev.flatness.onnx;

import dev.flatness.network.Network;
import dev.flatness.network.NetworkReader;
import java.nio.file.Path;
import java.util.Locale;

/** Reads ONNX files with the defaults of {@link OnnxReader}, for settings that name a file. */
public final class OnnxNetworks implements NetworkReader {
  /** For the service loader. */
  public OnnxNetworks() {}

  @Override
  public boolean reads(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  @Override
  public Network read(Path file) {
    return OnnxReader.withDefaults().read(file).network();
  }
}
