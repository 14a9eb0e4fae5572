package dev.flatness.internal.blas;

import java.io.File;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Loads the OpenBLAS that comes as a jar of natives, and sets it to one thread. */
final class OpenBlasLibrary {
  /**
   * The JDK from which native code without leave draws warnings; such a run is left to the other
   * providers.
   */
  private static final int WARNS_FROM = 24;

  private OpenBlasLibrary() {}

  static String version() {
    return openblas_nolapack.OPENBLAS_VERSION.replaceAll("[^0-9.]", "");
  }

  /** Why it cannot be loaded, or nothing. */
  static Optional<String> load() {
    if (Runtime.version().feature() >= WARNS_FROM && !nativeAccessEnabled()) {
      return Optional.of(nativeAccessAdvice());
    }
    try {
      Loader.load(openblas_nolapack.class);
      // The count is one for the whole process: our workers are the parallelism.
      openblas_nolapack.blas_set_num_threads(1);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(
          "org.bytedeco:openblas or its natives are missing for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch")
              + "; depend on dev.flatness:flatness-platform");
    }
  }

  /** The file of the library itself, for a lookup of its symbols. */
  static Optional<File> file() {
    for (Map.Entry<String, String> entry : Loader.getLoadedLibraries().entrySet()) {
      if (entry.getKey().startsWith("openblas")) {
        return Optional.of(new File(entry.getValue()));
      }
    }
    return Optional.empty();
  }

  /** How to start Java, on the class path and on the module path. */
  static String nativeAccessAdvice() {
    Module module = OpenBlasLibrary.class.getModule();
    return "start java with --enable-native-access="
        + (module.isNamed() ? module.getName() + ",org.bytedeco.javacpp" : "ALL-UNNAMED");
  }

  /** {@code Module.isNativeAccessEnabled}, which JDK 17 does not have. */
  static boolean nativeAccessEnabled() {
    try {
      Module module = OpenBlasLibrary.class.getModule();
      return (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
