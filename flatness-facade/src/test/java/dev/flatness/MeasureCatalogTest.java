package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.measure.Measure;
import dev.flatness.measure.MeasureProvider;
import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import dev.flatness.symmetry.PathNorm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasureCatalogTest {
  private record Module(
      List<Measure> measures, List<Setting<?>> settings, Map<String, List<String>> groups)
      implements MeasureProvider {}

  private static final List<Measure> NORM = List.of(PathNorm.withDefaults());

  private static MeasureCatalog withSettings(Setting<?>... settings) {
    return MeasureCatalog.of(List.of(new Module(NORM, List.of(settings), Map.of())));
  }

  private static MeasureCatalog withGroup(String name, String... ids) {
    return MeasureCatalog.of(List.of(new Module(NORM, List.of(), Map.of(name, List.of(ids)))));
  }

  @Test
  void settingsAreListedAsDeclaredThoseOfTheDefaultGroupFirst() {
    List<Setting<?>> settings = MeasureCatalog.installed().settings();
    assertThat(settings).startsWith(Settings.COMMON.toArray(Setting<?>[]::new));
    assertThat(settings.subList(Settings.COMMON.size(), settings.size()))
        .extracting(Setting::name)
        .containsExactly(
            "epsilon",
            "sigma",
            "normalizeTrace",
            "skeleton",
            "theoremEpsilon",
            "lossLipschitz",
            "initial",
            "varianceAsDeviation",
            "uniformBox");
  }

  @Test
  void aSettingIsListedOnceAndKeepsItsName() {
    assertThat(withSettings(EpsilonSharpness.EPSILON, EpsilonSharpness.EPSILON).settings())
        .containsOnlyOnce(EpsilonSharpness.EPSILON);
    for (String taken : List.of("epsilon", "tolerance")) {
      Setting<Double> other = Setting.positive(taken, "E", "Another.");
      assertThatThrownBy(() -> withSettings(EpsilonSharpness.EPSILON, other))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              Module.class.getName()
                  + " gives the setting \""
                  + taken
                  + "\", but another setting has this name; rename it");
    }
  }

  @Test
  void groupsHoldMeasuresThatExist() {
    assertThat(withGroup("mine", "path-norm-2").groups().get("mine"))
        .containsExactly("path-norm-2");
    assertThatThrownBy(() -> withGroup("mine", "path-norm-3"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            Module.class.getName()
                + " adds to the group \"mine\", which has the id \"path-norm-3\", but no measure has"
                + " this id");
  }

  @Test
  void aGroupOfMeasuresOnRequestIsInNoOtherGroup() {
    Map<String, List<String>> groups = MeasureCatalog.installed().groups();
    List<String> jiang = groups.get("jiang");
    assertThat(jiang).hasSize(15).contains("pacbayes-orig", "sharpness-mag-init", "margin");
    groups.forEach(
        (name, ids) -> {
          if (!name.equals("jiang")) {
            assertThat(ids).as(name).doesNotContainAnyElementsOf(jiang);
          }
        });
    assertThat(MeasureCatalog.installed().select(List.of("jiang")).ids()).isEqualTo(jiang);
  }

  @Test
  void groupsThatAreBuiltInAreNotAddedTo() {
    for (String name : List.of("default", "comparable", "invariant", "all")) {
      assertThatThrownBy(() -> withGroup(name, "path-norm-2"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              Module.class.getName()
                  + " adds to the group \""
                  + name
                  + "\", which is built in; choose another name");
    }
  }
}
