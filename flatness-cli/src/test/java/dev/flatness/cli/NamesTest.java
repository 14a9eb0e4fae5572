package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NamesTest {
  private static final List<String> KNOWN =
      List.of("kappa", "kappa-tau", "rho", "rho-max", "hessian-trace", "relative-flatness");

  @Test
  void findsTheNearestFirst() {
    assertThat(Names.nearest("kapa", KNOWN)).containsExactly("kappa");
    assertThat(Names.nearest("rhomax", KNOWN)).containsExactly("rho-max");
    assertThat(Names.nearest("trace", KNOWN)).containsExactly("hessian-trace");
    assertThat(Names.nearest("relative_flatnes", KNOWN)).containsExactly("relative-flatness");
    assertThat(Names.nearest("volume", KNOWN)).isEmpty();
  }

  @Test
  void countsInsertionsDeletionsChangesAndSwaps() {
    assertThat(Names.distance("", "abc")).isEqualTo(3);
    assertThat(Names.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Names.distance("kappa", "kapap")).isEqualTo(1);
  }

  @Property
  void distanceIsSymmetricAndZeroOnlyForEqualNames(
      @ForAll @AlphaChars @StringLength(max = 8) String a,
      @ForAll @AlphaChars @StringLength(max = 8) String b) {
    assertThat(Names.distance(a, b)).isEqualTo(Names.distance(b, a));
    assertThat(Names.distance(a, b) == 0).isEqualTo(a.equals(b));
    assertThat(Names.distance(a, b)).isLessThanOrEqualTo(Math.max(a.length(), b.length()));
  }
}
