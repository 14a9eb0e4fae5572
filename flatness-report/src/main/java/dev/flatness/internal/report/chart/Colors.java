package dev.flatness.internal.report.chart;

import java.util.Locale;

/** The colors of charts on white. */
final class Colors {
  /** Viridis at ten points: readable in gray and by color-blind readers. */
  private static final int[] SHADES = {
    0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b,
    0xfde725
  };

  private Colors() {}

  /** Of Okabe and Ito, dark enough on white. */
  static int of(Canvas.Role role) {
    return switch (role) {
      case INK -> 0x1b1f24;
      case GRID -> 0xd9dee4;
      case FAINT -> 0x5b6670;
      case FIRST -> 0x0067a5;
      case SECOND -> 0xb85000;
      case THIRD -> 0x00745a;
      case FOURTH -> 0x8a3f7e;
      case ALERT -> 0xb3261e;
    };
  }

  /** The same on a dark page, as its style has them. */
  static int onBlack(Canvas.Role role) {
    return switch (role) {
      case INK -> 0xe6eaee;
      case GRID -> 0x39424b;
      case FAINT -> 0xa3adb7;
      case FIRST -> 0x6cb8ee;
      case SECOND -> 0xf5a45d;
      case THIRD -> 0x54c9a5;
      case FOURTH -> 0xd79bd0;
      case ALERT -> 0xff8a80;
    };
  }

  static int shade(double share) {
    if (Double.isNaN(share)) {
      return 0xffffff;
    }
    double place = Math.max(0, Math.min(1, share)) * (SHADES.length - 1);
    int below = (int) Math.min(SHADES.length - 2, Math.floor(place));
    double part = place - below;
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = SHADES[below] >> shift & 0xff;
      int b = SHADES[below + 1] >> shift & 0xff;
      mixed |= (int) Math.round(a + part * (b - a)) << shift;
    }
    return mixed;
  }

  static String hex(int color) {
    return String.format(Locale.ROOT, "#%06x", color);
  }
}
