package dev.flatness.surface;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Assume;
import net.jqwik.api.lifecycle.PerProperty;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Counts the draws of a property that are discarded because they cross a kink; more than a tenth
 * fail it.
 */
final class Discards implements PerProperty.Lifecycle {
  private static int tried;
  private static int discarded;

  /** Discards the draw under way where it crosses a kink. */
  static void discardIf(boolean crosses) {
    tried++;
    if (crosses) {
      discarded++;
    }
    Assume.that(!crosses);
  }

  @Override
  public void before(PropertyLifecycleContext context) {
    tried = 0;
    discarded = 0;
  }

  @Override
  public void onSuccess() {
    assertThat(tried).isPositive();
    assertThat(10 * discarded)
        .as("%d of %d draws crossed a kink", discarded, tried)
        .isLessThanOrEqualTo(tried);
  }
}
