package dev.flatness.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Setting<Double> RADIUS =
      Setting.positive("outerRadius", "R", "A radius.").byDefault(2.0);
  private static final Setting<Boolean> FLAG = Setting.flag("halve", "Halve.");

  @Test
  void whatIsNotGivenHasItsDefault() {
    Settings settings = Settings.withDefaults();
    assertThat(settings.get(RADIUS)).isEqualTo(2);
    assertThat(settings.given(RADIUS)).isEmpty();
    assertThat(settings.get(FLAG)).isFalse();
    assertThat(settings.with(RADIUS, 3.0).given(RADIUS)).hasValue(3.0);
    assertThatThrownBy(() -> settings.get(Settings.TIME_LIMIT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the setting timeLimit is not given");
  }

  @Test
  void valuesOutsideTheRangeAreRefused() {
    Settings settings = Settings.withDefaults();
    assertThatThrownBy(() -> settings.with(RADIUS, -1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the setting outerRadius is -1.0, expected a positive number");
    assertThatThrownBy(() -> settings.with(Settings.MAX_PRODUCTS, 0))
        .hasMessage("the setting maxProducts is 0, expected at least 1");
    assertThatThrownBy(() -> settings.with(Settings.TIME_LIMIT, Duration.ZERO))
        .hasMessage("the setting timeLimit is PT0S, expected a positive duration");
    for (double tolerance : new double[] {0, 1, Double.NaN}) {
      assertThatThrownBy(() -> settings.with(Settings.TOLERANCE, tolerance))
          .hasMessage(
              "the setting tolerance is " + tolerance + ", expected a number between 0 and 1");
    }
  }

  @Test
  void optionsAreNamedAfterTheirSetting() {
    assertThat(RADIUS.option()).isEqualTo("--outer-radius");
    assertThat(Settings.MAX_PRODUCTS.option()).isEqualTo("--max-products");
  }

  @Test
  void helpEndsWithTheDefault() {
    assertThat(RADIUS.help()).isEqualTo("A radius. Default: 2.");
    assertThat(RADIUS.byDefault(1e-6).help()).isEqualTo("A radius. Default: 1e-6.");
    assertThat(RADIUS.byDefault(0.25).help()).isEqualTo("A radius. Default: 0.25.");
    assertThat(Settings.MAX_PRODUCTS.help()).endsWith(" Default: 1000.");
    assertThat(FLAG.help()).isEqualTo("Halve.");
    assertThat(Settings.LAYERS.help()).isEqualTo(Settings.LAYERS.description());
  }

  @Test
  void everySettingThatIsGivenOrHasADefaultIsRecorded() {
    Settings settings =
        Settings.withDefaults()
            .with(Settings.LAYERS, Set.of("fc1"))
            .with(Settings.TIME_LIMIT, Duration.ofMillis(1500));
    assertThat(settings.recorded(List.of(RADIUS, FLAG, Settings.TOLERANCE)))
        .containsExactly(
            java.util.Map.entry("outerRadius", 2.0),
            java.util.Map.entry("halve", false),
            java.util.Map.entry("layers", List.of("fc1")),
            java.util.Map.entry("timeLimitSeconds", 1.5));
  }

  @ParameterizedTest
  @CsvSource({
    "90s, 90000",
    "10m, 600000",
    "10min, 600000",
    "2 min, 120000",
    "1h30m, 5400000",
    "500ms, 500",
    "0.5s, 500"
  })
  void durationsAreRead(String text, long milliseconds) {
    assertThat(Settings.TIME_LIMIT.parse(text)).isEqualTo(Duration.ofMillis(milliseconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "ten minutes", "0s", "-5s", "5x", "1h x", "1e3s", "99999999999d"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> Settings.TIME_LIMIT.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is no duration above 0; write one such as 90s, 10m or 1h30m");
  }

  @Test
  void namesAreTrimmedAndCopied() {
    assertThat(Settings.LAYERS.parse(" fc1, fc2 ,fc3")).containsExactly("fc1", "fc2", "fc3");
    Set<String> mine = new TreeSet<>(Set.of("fc1"));
    Settings settings = Settings.withDefaults().with(Settings.LAYERS, mine);
    mine.add("fc2");
    assertThat(settings.get(Settings.LAYERS)).containsExactly("fc1");
  }

  @Test
  void aChoiceIsTrueOrFalse() {
    assertThat(FLAG.parse("true")).isTrue();
    assertThat(FLAG.parse("false")).isFalse();
    assertThatThrownBy(() -> FLAG.parse("yes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'yes' is no choice; write true or false");
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    assertThatThrownBy(() -> RADIUS.parse("wide"))
        .hasMessage("'wide' is no number; write one such as 0.001 or 1e-3");
    assertThatThrownBy(() -> Settings.MAX_PRODUCTS.parse("1e3"))
        .hasMessage("'1e3' is no whole number up to 2147483647");
  }
}
