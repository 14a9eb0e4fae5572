package dev.flatness.report;

import dev.flatness.measure.Settings;

/** What to do about numbers that missed their tolerance, said once a section. */
final class Remedy {
  /** Names the options of the command line, which are those of the settings. */
  static final String LINE =
      "Remedy: allow more products ("
          + Settings.MAX_PRODUCTS.option()
          + "), a longer time ("
          + Settings.TIME_LIMIT.option()
          + ") or a larger tolerance ("
          + Settings.TOLERANCE.option()
          + ").";

  private Remedy() {}
}
