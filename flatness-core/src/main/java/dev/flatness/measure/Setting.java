package dev.flatness.measure;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A setting of measures: its name, its range, its default and what it means, declared once.
 *
 * <p>Declare it as a constant in the class of the measure that reads it. Reports record it under
 * its name, the command line offers it as an option, and help and reference print its description.
 * Two settings are the same if they are one object.
 *
 * @param <T> the type of its values
 */
public final class Setting<T> {
  private final String name;
  private final String label;
  private final String description;
  private final @Nullable T standard;
  private final Function<String, T> parser;
  private final Function<T, String> refusal;
  private final String reportName;
  private final Function<T, Object> recorded;

  /** Copies a collection; null where a value is no collection. */
  private final @Nullable UnaryOperator<T> copy;

  private Setting(
      String name,
      String label,
      String description,
      @Nullable T standard,
      Function<String, T> parser,
      Function<T, String> refusal,
      String reportName,
      Function<T, Object> recorded,
      @Nullable UnaryOperator<T> copy) {
    this.name = Objects.requireNonNull(name, "name");
    this.label = label;
    this.description = Objects.requireNonNull(description, "description");
    this.standard = standard;
    this.parser = parser;
    this.refusal = refusal;
    this.reportName = reportName;
    this.recorded = recorded;
    this.copy = copy;
  }

  /**
   * Declares a setting of any type.
   *
   * @param name its name in reports, in camel case
   * @param label the placeholder of the value in help, for instance {@code RULE}
   * @param description one or two sentences; the default is added where help is printed
   * @param parser reads a value; throws {@link IllegalArgumentException} saying what is expected
   * @param <T> the type of its values
   * @return the setting, without a default
   */
  public static <T> Setting<T> of(
      String name, String label, String description, Function<String, T> parser) {
    return new Setting<>(
        name, label, description, null, parser, value -> null, name, value -> value, null);
  }

  /**
   * Declares a positive, finite number.
   *
   * @param name its name in reports, in camel case
   * @param label the placeholder of the value in help
   * @param description one or two sentences; the default is added where help is printed
   * @return the setting, without a default
   */
  public static Setting<Double> positive(String name, String label, String description) {
    return new Setting<>(
        name,
        label,
        description,
        null,
        Setting::number,
        value -> value > 0 && Double.isFinite(value) ? null : "a positive number",
        name,
        value -> value,
        null);
  }

  /**
   * Declares a whole number from 1.
   *
   * @param name its name in reports, in camel case
   * @param label the placeholder of the value in help
   * @param description one or two sentences; the default is added where help is printed
   * @return the setting, without a default
   */
  public static Setting<Integer> count(String name, String label, String description) {
    return new Setting<>(
        name,
        label,
        description,
        null,
        Setting::whole,
        value -> value >= 1 ? null : "at least 1",
        name,
        value -> value,
        null);
  }

  /**
   * Declares a choice between yes and no, which is no unless it is given.
   *
   * @param name its name in reports, in camel case
   * @param description a sentence
   * @return the setting
   */
  public static Setting<Boolean> flag(String name, String description) {
    return new Setting<>(
        name, "", description, false, Setting::truth, value -> null, name, value -> value, null);
  }

  /**
   * Declares a set of names, separated by commas. Its option may be repeated.
   *
   * @param name its name in reports, in camel case
   * @param label the placeholder of a name in help
   * @param description one or two sentences
   * @return the setting, without a default
   */
  public static Setting<Set<String>> names(String name, String label, String description) {
    return new Setting<>(
        name,
        label,
        description,
        null,
        text -> new LinkedHashSet<>(List.of(text.split("\\s*,\\s*"))),
        value -> null,
        name,
        List::copyOf,
        names -> Collections.unmodifiableSet(new LinkedHashSet<>(names)));
  }

  /**
   * Returns this setting with a default.
   *
   * @param value the default
   * @return a new setting
   */
  public Setting<T> byDefault(T value) {
    return new Setting<>(
        name, label, description, value, parser, refusal, reportName, recorded, copy);
  }

  /**
   * Returns this setting with a range.
   *
   * @param expected what is expected, for instance {@code a positive number}
   * @param holds whether a value is in the range
   * @return a new setting
   */
  public Setting<T> within(String expected, Predicate<T> holds) {
    return new Setting<>(
        name,
        label,
        description,
        standard,
        parser,
        value -> holds.test(value) ? null : expected,
        reportName,
        recorded,
        copy);
  }

  /**
   * Returns this setting with another name and form in reports.
   *
   * @param key the name, in camel case
   * @param form makes a number, string or list of a value
   * @return a new setting
   */
  public Setting<T> recordedAs(String key, Function<T, Object> form) {
    return new Setting<>(name, label, description, standard, parser, refusal, key, form, copy);
  }

  /**
   * Returns its name.
   *
   * @return in camel case
   */
  public String name() {
    return name;
  }

  /**
   * Returns its name in reports.
   *
   * @return the name, with the unit where a number alone would not say it
   */
  public String reportName() {
    return reportName;
  }

  /**
   * Returns its option on the command line.
   *
   * @return for instance {@code --theorem-epsilon}
   */
  public String option() {
    return "--" + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the placeholder of the value in help.
   *
   * @return for instance {@code E}; empty for a flag
   */
  public String label() {
    return label;
  }

  /**
   * Returns what it means.
   *
   * @return one or two sentences
   */
  public String description() {
    return description;
  }

  /**
   * Returns what help says.
   *
   * @return what it means, and its default unless it is a flag
   */
  public String help() {
    return standard == null || isFlag()
        ? description
        : description + " Default: " + text(recorded(standard)) + ".";
  }

  /** Small powers of ten are written as such, for instance {@code 1e-3}. */
  private static String text(Object value) {
    if (!(value instanceof Double)) {
      return String.valueOf(value);
    }
    BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
    return number.precision() == 1 && number.scale() > 2
        ? number.unscaledValue() + "e-" + number.scale()
        : number.toPlainString();
  }

  /**
   * Returns the value that holds where none is given.
   *
   * @return the default; empty if there is none
   */
  public Optional<T> standard() {
    return Optional.ofNullable(standard);
  }

  /**
   * Tells whether it is a choice between yes and no.
   *
   * @return whether its option takes no value
   */
  public boolean isFlag() {
    return label.isEmpty();
  }

  /**
   * Tells whether a value is a list of several.
   *
   * @return whether its option may be repeated
   */
  public boolean isList() {
    return copy != null;
  }

  /**
   * Reads a value.
   *
   * @param text what was written
   * @return the value, within its range
   * @throws IllegalArgumentException if the text is no value
   */
  public T parse(String text) {
    return checked(parser.apply(text.trim()));
  }

  T checked(T value) {
    Objects.requireNonNull(value, name);
    String expected = refusal.apply(value);
    if (expected != null) {
      throw new IllegalArgumentException(
          "the setting " + name + " is " + value + ", expected " + expected);
    }
    return copy == null ? value : copy.apply(value);
  }

  Object recorded(T value) {
    return recorded.apply(value);
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("'" + text + "' is no choice; write true or false");
    };
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          "'" + text + "' is no number; write one such as 0.001 or 1e-3", notANumber);
    }
  }

  private static int whole(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notWhole) {
      throw new IllegalArgumentException(
          "'" + text + "' is no whole number up to " + Integer.MAX_VALUE, notWhole);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
