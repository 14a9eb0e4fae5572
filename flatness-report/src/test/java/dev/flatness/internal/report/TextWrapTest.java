package dev.flatness.internal.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextWrapTest {
  @Test
  void aSentenceIsBrokenAtBlanks() {
    assertThat(TextWrap.paragraph("one two three four", 10, 2))
        .isEqualTo("one two\n  three\n  four");
  }

  @Test
  void aWordThatIsLongerThanALineStaysWholeWhereItStands() {
    assertThat(TextWrap.paragraph("model /a/path/that/is/long: 3 layers", 12, 6))
        .isEqualTo("model /a/path/that/is/long:\n      3\n      layers");
  }
}
