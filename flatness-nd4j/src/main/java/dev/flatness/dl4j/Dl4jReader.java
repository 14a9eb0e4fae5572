package dev.flatness.dl4j;

import dev.flatness.network.Network;
import dev.flatness.network.NetworkReader;
import dev.flatness.tensor.Shape;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the {@code .zip} files of DL4J, as {@link Dl4jNetwork#read} does. */
public final class Dl4jReader implements NetworkReader {
  /** For the service loader. */
  public Dl4jReader() {}

  @Override
  public boolean reads(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
  }

  @Override
  public Network read(Path file) {
    return Dl4jNetwork.read(file).network();
  }

  @Override
  public Imported importFrom(Path file, @Nullable Shape inputShape) {
    Dl4jNetwork<?> imported =
        Dl4jNetwork.read(file, inputShape == null ? new int[0] : inputShape.toArray());
    return new Imported(imported.network(), imported.lossNote(), imported::outputs);
  }
}
