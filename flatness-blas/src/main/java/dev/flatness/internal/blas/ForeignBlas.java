package dev.flatness.internal.blas;

import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Handles of {@code cblas_dgemm} and {@code cblas_sgemm} on heap arrays, by {@code
 * java.lang.foreign}.
 *
 * <p>That package is final from JDK 22 on and this class is compiled for 17, so all of it is
 * reached by name. Done once: the handles are constants and a call costs what a compiled one would.
 * Each takes arrays with offsets in bytes where C takes addresses:
 *
 * <pre>
 * (order, transA, transB, m, n, k, alpha, a, aBytes, lda, b, bBytes, ldb, beta, c, cBytes, ldc)
 * </pre>
 */
final class ForeignBlas {
  static final MethodHandle DGEMM = gemm("cblas_dgemm", double.class);
  static final MethodHandle SGEMM = gemm("cblas_sgemm", float.class);

  private ForeignBlas() {}

  /** Makes the handles now; throws a {@link LinkageError} when that fails. */
  static void link() {
    // Entering this method initialized the class.
  }

  private static MethodHandle gemm(String symbol, Class<?> type) {
    try {
      return link(symbol, type);
    } catch (ReflectiveOperationException e) {
      throw new UnsatisfiedLinkError(symbol + " by java.lang.foreign: " + e);
    }
  }

  private static MethodHandle link(String symbol, Class<?> type)
      throws ReflectiveOperationException {
    Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
    Class<?> optionType = Class.forName("java.lang.foreign.Linker$Option");
    Class<?> segmentType = Class.forName("java.lang.foreign.MemorySegment");
    Class<?> descriptorType = Class.forName("java.lang.foreign.FunctionDescriptor");
    Class<?> layoutType = Class.forName("java.lang.foreign.MemoryLayout");
    Class<?> valueLayoutType = Class.forName("java.lang.foreign.ValueLayout");

    Object integer = valueLayoutType.getField("JAVA_INT").get(null);
    Object address = valueLayoutType.getField("ADDRESS").get(null);
    Object real =
        valueLayoutType.getField(type == double.class ? "JAVA_DOUBLE" : "JAVA_FLOAT").get(null);
    Object[] arguments = {
      integer, integer, integer, integer, integer, integer, real, address, integer, address,
      integer, real, address, integer
    };
    Object layouts = Array.newInstance(layoutType, arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      Array.set(layouts, i, arguments[i]);
    }
    Object descriptor =
        descriptorType.getMethod("ofVoid", layouts.getClass()).invoke(null, layouts);
    Object options = Array.newInstance(optionType, 1);
    Array.set(options, 0, optionType.getMethod("critical", boolean.class).invoke(null, true));

    Object linker = linkerType.getMethod("nativeLinker").invoke(null);
    MethodHandle call =
        (MethodHandle)
            linkerType
                .getMethod("downcallHandle", segmentType, descriptorType, options.getClass())
                .invoke(linker, find(symbol), descriptor, options);

    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    Class<?> arrayType = type.arrayType();
    MethodHandle ofArray =
        lookup.findStatic(segmentType, "ofArray", MethodType.methodType(segmentType, arrayType));
    MethodHandle asSlice =
        lookup.findVirtual(segmentType, "asSlice", MethodType.methodType(segmentType, long.class));
    MethodHandle at = MethodHandles.collectArguments(asSlice, 0, ofArray);
    for (int parameter : new int[] {12, 9, 7}) {
      call = MethodHandles.collectArguments(call, parameter, at);
    }
    return call;
  }

  /** The address of a symbol of the loaded library; it stays loaded for good. */
  private static Object find(String symbol) throws ReflectiveOperationException {
    File file =
        OpenBlasLibrary.file().orElseThrow(() -> new UnsatisfiedLinkError("no OpenBLAS loaded"));
    Class<?> lookupType = Class.forName("java.lang.foreign.SymbolLookup");
    Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
    Object arena = arenaType.getMethod("global").invoke(null);
    Object library =
        lookupType
            .getMethod("libraryLookup", Path.class, arenaType)
            .invoke(null, file.toPath(), arena);
    Optional<?> found =
        (Optional<?>) lookupType.getMethod("find", String.class).invoke(library, symbol);
    return found.orElseThrow(() -> new UnsatisfiedLinkError(symbol + " is not in " + file));
  }
}
