package dev.flatness.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void controlAndFormatCharactersAreEscaped() {
    assertThat(Printable.of("\u001b[31mred\u0007\n\u009b"))
        .isEqualTo("\\u001b[31mred\\u0007\\u000a\\u009b");
    assertThat(Printable.of("a\u202eb\u2066\u2028\ud800"))
        .isEqualTo("a\\u202eb\\u2066\\u2028\\ud800");
    assertThat(Printable.of("\udb40\udc01")).isEqualTo("\\udb40\\udc01");
  }

  @Test
  void whatCanBeShownStays() {
    String name = "fc1.weight/größe 層 \ud83d\ude00 \\u001b";
    assertThat(Printable.of(name)).isSameAs(name);
  }

  @Test
  void longTextIsCut() {
    assertThat(Printable.cut("a".repeat(120))).isEqualTo("a".repeat(120));
    assertThat(Printable.cut("a".repeat(121))).isEqualTo("a".repeat(120) + "…");
  }

  @Property
  void escapingTwiceChangesNothing(@ForAll String text) {
    String shown = Printable.of(text);
    assertThat(Printable.of(shown)).isEqualTo(shown);
    assertThat(shown.chars()).noneMatch(Character::isISOControl);
  }
}
