package dev.flatness.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.report.Palette;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  private static TextTable measures() {
    return new TextTable(
            List.of("network", "invariant to", "value", "found by"),
            List.of(false, false, true, false))
        .row(List.of("hessian-trace", "–", "8.73450", "exact"))
        .row(List.of("sharpness", "neuron-wise", "≥ 0.00253031", "projected-gradient-ascent"));
  }

  @Test
  void aTableThatFitsIsLeftAlone() {
    assertThat(measures().render(Palette.PLAIN::strong, 80))
        .isEqualTo(measures().render(Palette.PLAIN::strong))
        .isEqualTo(
            """
            network        invariant to         value  found by
            hessian-trace  –                  8.73450  exact
            sharpness      neuron-wise   ≥ 0.00253031  projected-gradient-ascent
            """);
  }

  @Test
  void textIsBrokenAndNumbersAreNot() {
    assertThat(measures().render(Palette.PLAIN::strong, 64))
        .isEqualTo(
            """
            network        invariant to         value  found by
            hessian-trace  –                  8.73450  exact
            sharpness      neuron-wise   ≥ 0.00253031  projected-gradient-
                                                         ascent
            """);
  }

  @Test
  void longHeadersAreBrokenAboveNarrowNumbers() {
    TextTable table =
        new TextTable(
                List.of("layer", "scale classes", "all parameters"), List.of(false, true, true))
            .row(List.of("fc1", "16", "144"));
    assertThat(table.render(Palette.PLAIN::strong, 26))
        .isEqualTo(
            """
                     scale         all
            layer  classes  parameters
            fc1         16         144
            """);
  }

  @Test
  void columnsThatDoNotFitGoIntoFurtherTables() {
    TextTable table =
        new TextTable(List.of("rule", "first", "second", "third"), List.of(false, true, true, true))
            .row(List.of("diagonal", "1.00000e-07", "2.00000e-07", "3.00000e-07"));
    assertThat(table.render(Palette.PLAIN::strong, 40))
        .isEqualTo(
            """
            rule            first       second
            diagonal  1.00000e-07  2.00000e-07

            rule            third
            diagonal  3.00000e-07
            """);
  }

  @Test
  void everyLineFitsHoweverLongTheNames() {
    String name = "/backbone/features/features.17/conv/conv.0/" + "Convolution".repeat(6);
    for (int columns : new int[] {60, 80, 100, 120}) {
      TextTable table =
          new TextTable(
                  List.of("layer", "kind", "output", "parameters", name),
                  List.of(false, false, false, true, true))
              .row(List.of(name, "convolution", "[512, 7, 7]", "2,359,296", "1.00000e-07"));
      assertThat(table.render(Palette.PLAIN::strong, columns).lines())
          .allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThanOrEqualTo(columns));
    }
  }

  @Test
  void aWordThatCannotBeBrokenIsShortenedInItsMiddle() {
    assertThat(DisplayWidth.middle("abcdefghij", 5)).isEqualTo("ab…ij");
    assertThat(DisplayWidth.middle("権権権権権", 6)).isEqualTo("権…権");
    assertThat(DisplayWidth.middle("abc", 3)).isEqualTo("abc");
  }

  @Test
  void paragraphsAreBrokenAtBlanksOnly() {
    assertThat(TextWrap.paragraph("note a long/path/that/stays/whole and more", 12, 2))
        .isEqualTo("note a\n  long/path/that/stays/whole\n  and more");
  }
}
