package dev.flatness.report;

import dev.flatness.measure.Settings;

/** What to do about numbers that missed their tolerance, said once a section. */
final class Remedy {
  /** Names the options of the command line, those of the settings and the one of the heap. */
  static final String LINE =
      "Remedy: allow more products ("
          + Settings.MAX_PRODUCTS.option()
          + "), a longer time ("
          + Settings.TIME_LIMIT.option()
          + "), a larger tolerance ("
          + Settings.TOLERANCE.option()
          + ") or more heap (FLATNESS_JAVA_OPTIONS=-Xmx…).";

  private Remedy() {}
}
