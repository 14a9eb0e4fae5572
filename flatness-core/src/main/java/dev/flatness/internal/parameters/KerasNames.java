package dev.flatness.internal.parameters;

import java.util.Optional;
import java.util.Set;

/** Names of variables as Keras and TensorFlow write them, {@code model/dense/kernel:0}. */
final class KerasNames {
  private static final String KERNEL = "/kernel";
  private static final String DEPTHWISE = "/depthwise_kernel";
  private static final Set<String> ROLES =
      Set.of("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance");

  private KerasNames() {}

  /** The layer and the role, {@code dense/kernel}; empty for a name of another kind. */
  static Optional<String> key(String name) {
    String plain = withoutNumber(name);
    if (isDepthwise(plain)) {
      plain = plain.substring(0, plain.length() - DEPTHWISE.length()) + KERNEL;
    }
    int last = plain.lastIndexOf('/');
    if (last <= 0 || !ROLES.contains(plain.substring(last + 1))) {
      return Optional.empty();
    }
    return Optional.of(last(plain.substring(0, last)) + plain.substring(last));
  }

  /** Whether a tensor of this name is a kernel in Keras' order of axes. */
  static boolean isKernel(String name) {
    return withoutNumber(name).endsWith(KERNEL) || isDepthwise(name);
  }

  /** Whether a tensor of this name is the kernel of a convolution by channels. */
  static boolean isDepthwise(String name) {
    return withoutNumber(name).endsWith(DEPTHWISE);
  }

  static String last(String layer) {
    return layer.substring(layer.lastIndexOf('/') + 1);
  }

  static String withoutNumber(String name) {
    return name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
  }
}
