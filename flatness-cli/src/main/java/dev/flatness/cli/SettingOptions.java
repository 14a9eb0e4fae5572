package dev.flatness.cli;

import dev.flatness.measure.Setting;
import dev.flatness.measure.Settings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Options made from the declarations of settings, and the settings that were given by them. */
final class SettingOptions {
  private Settings settings = Settings.withDefaults();

  /** Options whose values, one for each time they are given, are joined. */
  private final Map<Setting<?>, OptionSpec> lists = new LinkedHashMap<>();

  /** Adds an option for each setting to a command, below a heading of their own. */
  void addTo(CommandSpec command, Collection<Setting<?>> known) {
    addTo(command, known, Map.of());
  }

  /** Adds options; some say in their own words what the setting means to the command. */
  void addTo(CommandSpec command, Collection<Setting<?>> known, Map<Setting<?>, String> words) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder().heading("%nSettings:%n").exclusive(false).validate(false);
    known.forEach(
        setting -> group.addArg(option(setting, words.getOrDefault(setting, setting.help()))));
    command.addArgGroup(group.build());
  }

  private <T> OptionSpec option(Setting<T> setting, String words) {
    OptionSpec.Builder option = OptionSpec.builder(setting.option()).description(words);
    if (setting.isFlag()) {
      return option.type(boolean.class).arity("0").setter(setter(setting)).build();
    }
    option.paramLabel(setting.label()).arity("1");
    if (setting.isList()) {
      OptionSpec list =
          option.type(List.class).auxiliaryTypes(String.class).splitRegex(",").build();
      lists.put(setting, list);
      return list;
    }
    return option
        .type(String.class)
        .converters(text -> converted(setting, text))
        .setter(setter(setting))
        .build();
  }

  private static <T> Object converted(Setting<T> setting, String text) {
    try {
      return setting.parse(text);
    } catch (IllegalArgumentException refused) {
      throw new TypeConversionException(refused.getMessage());
    }
  }

  private <T> ISetter setter(Setting<T> setting) {
    return new ISetter() {
      @Override
      public <V> @Nullable V set(V value) {
        if (value != null && !Boolean.FALSE.equals(value)) {
          // The option's converter made it.
          @SuppressWarnings("unchecked")
          T given = (T) value;
          settings = settings.with(setting, given);
        }
        return null;
      }
    };
  }

  Settings settings() {
    Settings all = settings;
    for (Map.Entry<Setting<?>, OptionSpec> list : lists.entrySet()) {
      List<String> given = list.getValue().getValue();
      if (given != null) {
        all = all.parse(list.getKey(), String.join(",", given));
      }
    }
    return all;
  }
}
