package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({"4096,4096", "1k,1024", "512M,536870912", "2GiB,2147483648", "1.5kb,1536", "7b,7"})
  void readsSizes(String text, long bytes) {
    assertThat(new Quantities.SizeConverter().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "-1M", "0", "1P", "1e9", "99999999999T"})
  void refusesWhatIsNoSize(String text) {
    assertThatThrownBy(() -> new Quantities.SizeConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is no size above 0; write bytes or one such as 512M or 2GiB");
  }

  @Property
  void readsEverySizeInBytes(@ForAll @LongRange(min = 1) long bytes) {
    assertThat(new Quantities.SizeConverter().convert(Long.toString(bytes))).isEqualTo(bytes);
  }

  @Test
  void readsListsOfNumbersAndShapes() {
    assertThat(new Quantities.NumbersConverter().convert("0.5, -1e-3,2").values())
        .containsExactly(0.5, -1e-3, 2);
    assertThat(new Quantities.SizesConverter().convert("3,32,32").values())
        .containsExactly(3, 32, 32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1,,2", "1,NaN", "Infinity"})
  void refusesWhatIsNoListOfNumbers(String text) {
    assertThatThrownBy(() -> new Quantities.NumbersConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "'" + text + "' is no list of numbers; write one such as 0.5 or 0.49,0.48,0.45");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "3,-1", "1.5", "9999999999"})
  void refusesWhatIsNoShape(String text) {
    assertThatThrownBy(() -> new Quantities.SizesConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "'" + text + "' is no list of positive whole numbers; write one such as 3,32,32");
  }

  @Test
  void countsFromOneAndIndexesFromZero() {
    assertThat(new Quantities.CountConverter().convert("2147483647")).isEqualTo(2147483647);
    assertThat(new Quantities.IndexConverter().convert("0")).isZero();
    assertThatThrownBy(() -> new Quantities.CountConverter().convert("0"))
        .hasMessage("'0' is no whole number from 1 to 2147483647");
    assertThatThrownBy(() -> new Quantities.IndexConverter().convert("2147483648"))
        .hasMessage("'2147483648' is no whole number from 0 to 2147483647");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "NaN", "x", "Infinity"})
  void refusesWhatIsNoPositiveNumber(String text) {
    assertThatThrownBy(() -> new Quantities.PositiveConverter().convert(text))
        .hasMessage("'" + text + "' is no number above 0; write one such as 0.001 or 1e-3");
  }
}
