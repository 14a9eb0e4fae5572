package dev.flatness.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {
  @ParameterizedTest
  @CsvSource({
    "kappa, kappa, 0",
    "kappa, kapa, 1",
    "kapa, kappa, 1",
    "kappa, kappe, 1",
    "kappa, akppa, 1",
    "kitten, sitting, 3",
    "'', rho, 3"
  })
  void countsTheChangesOfALetter(String a, String b, int changes) {
    assertThat(EditDistance.between(a, b)).isEqualTo(changes);
  }
}
