import dev.flatness.testkit.NetworkReportingFormat;
import net.jqwik.api.SampleReportingFormat;

/**
 * Arbitraries and contract suites for implementations of the flatness interfaces.
 *
 * @provides SampleReportingFormat how jqwik prints a network
 */
module dev.flatness.testkit {
  requires transitive dev.flatness.core;
  requires transitive net.jqwik.api;
  requires transitive org.assertj.core;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.flatness.testkit;
  exports dev.flatness.internal.testkit.kernels to
      dev.flatness.blas;

  opens dev.flatness.testkit;

  provides SampleReportingFormat with
      NetworkReportingFormat;
}
