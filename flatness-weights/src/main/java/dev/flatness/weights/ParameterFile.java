package dev.flatness.weights;

import dev.flatness.internal.files.Reason;
import dev.flatness.internal.text.Memory;
import dev.flatness.internal.text.Printable;
import dev.flatness.network.Network;
import dev.flatness.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that another tool saved, by name: {@code .safetensors}, Keras' {@code .h5} and {@code
 * .weights.h5}, and PyTorch's {@code .pt}, {@code .pth}, {@code .bin} and {@code .ckpt}. The bytes
 * of the file tell which it is.
 *
 * <p>Entries are float64 where the file's are, else float32; float16 and bfloat16 are widened
 * exactly. Tensors of whole numbers and the state of optimizers are left out, with a note. Of a
 * PyTorch file only tensors, numbers, texts, lists and dictionaries are read; what is anything else
 * is refused by its name, and nothing of the file is run.
 *
 * <p>Cost: memory of the file and of its tensors. The file is treated as hostile: lengths and
 * offsets are checked before anything is allocated, and tensors take at most 16 times its bytes.
 *
 * <p>Source: the formats of safetensors 0.4, HDF5 and {@code torch.save} (since PyTorch 1.6).
 * Immutable.
 */
public final class ParameterFile {
  private static final long MEMORY_FACTOR = 4;

  private final String name;
  private final Map<String, Tensor> tensors;
  private final List<String> notes;

  private ParameterFile(String name, Contents contents) {
    this.name = name;
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(contents.tensors()));
    this.notes = List.copyOf(contents.notes());
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its tensors
   * @throws IllegalArgumentException if it is none of the formats, or damaged
   * @throws UncheckedIOException if reading fails
   */
  public static ParameterFile read(Path file) {
    try {
      byte[] bytes = bytes(file);
      Contents contents = new Contents(bytes.length);
      switch (FileKind.of(bytes)) {
        case SAFETENSORS -> new SafetensorsReader(bytes, contents).read();
        case HDF5 -> new KerasReader(bytes, contents).read();
        case ZIP -> new TorchReader(file, bytes.length, contents).read();
      }
      if (contents.tensors().isEmpty()) {
        throw Contents.refused("it holds no tensor of floating-point numbers; save parameters");
      }
      return new ParameterFile(file.getFileName().toString(), contents);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "cannot read weights " + Printable.of(file.toString()) + ": " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) {
    if (!Files.exists(file)) {
      throw Contents.refused("there is no such file; check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw Contents.refused("it is not a regular file; name the file itself");
    }
    try {
      long size = Files.size(file);
      if (size > Integer.MAX_VALUE - 16) {
        throw Contents.refused(
            "it has " + size + " bytes, expected less than 2 GiB; save the parameters alone");
      }
      long heap = Runtime.getRuntime().maxMemory();
      if (size > heap / MEMORY_FACTOR) {
        throw Contents.refused(
            "reading its "
                + Memory.needed(size)
                + " takes about "
                + Memory.needed((double) MEMORY_FACTOR * size)
                + " of memory, but the Java heap ends at "
                + Memory.available(heap)
                + "; "
                + Memory.MORE_HEAP);
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  /**
   * Returns the name of the file, without its folder.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the tensors by name, in the file's order. Names are the file's own: Keras 3 gives
   * {@code dense/kernel}, Keras 2 {@code dense/dense/kernel:0}; both are found for the layer {@code
   * dense}.
   *
   * @return an unmodifiable map
   */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * Returns what was left out or chosen on the way.
   *
   * @return the notes
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Gives a network the parameters of this file, found by name: {@code fc1.weight}, or Keras'
   * {@code fc1/kernel}, whose axes are reordered. Prefixes that wrappers add ({@code module.},
   * {@code model.}, {@code _orig_mod.}) are left out. Notes of the network say what was done.
   *
   * <p>Cost: a copy of the parameters.
   *
   * @param network the network whose structure the parameters belong to
   * @return the network with these parameters
   * @throws IllegalArgumentException if a parameter of the network is not in the file, a tensor of
   *     the file has no place in the network, shapes differ, or the file has Keras' kernels and the
   *     network flattens channels first
   */
  public Network applyTo(Network network) {
    return NetworkParameters.replaced(network, this);
  }

  /** Returns the name and the number of tensors. */
  @Override
  public String toString() {
    return Printable.of(name) + " with " + tensors.size() + " tensors";
  }
}
