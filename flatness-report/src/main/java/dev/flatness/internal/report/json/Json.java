package dev.flatness.internal.report.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.flatness.internal.report.Markup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a JSON document: what is not there is the absent value, of which everything is absent.
 *
 * <p>Its texts are cleaned of what no page may hold and a terminal would obey. Immutable.
 */
public final class Json {
  private static final Json ABSENT = new Json(null);
  private static final int DEEPEST = 100;

  /** A map, a list, a text, a double or a long, a boolean, or null. */
  private final @Nullable Object value;

  private Json(@Nullable Object value) {
    this.value = value;
  }

  /**
   * Returns what is not there.
   *
   * @return the absent value
   */
  public static Json absent() {
    return ABSENT;
  }

  /**
   * Reads a document.
   *
   * @param text the document
   * @return its value
   * @throws IOException if it is no JSON, with the place
   */
  public static Json parse(String text) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(text)) {
      parser.nextToken();
      Json read = new Json(value(parser, 0));
      if (parser.nextToken() != null) {
        throw new IOException("there is more after the end of the document");
      }
      return read;
    }
  }

  private static @Nullable Object value(JsonParser parser, int depth) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("the document is empty or ends too early");
    }
    if (depth > DEEPEST) {
      throw new IOException("the document is nested deeper than " + DEEPEST + " levels");
    }
    switch (token) {
      case START_OBJECT:
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = Markup.cleaned(parser.currentName());
          parser.nextToken();
          fields.put(name, new Json(value(parser, depth + 1)));
        }
        return fields;
      case START_ARRAY:
        List<Json> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(new Json(value(parser, depth + 1)));
        }
        return items;
      case VALUE_STRING:
        return Markup.cleaned(parser.getText());
      case VALUE_NUMBER_INT:
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? (Number) parser.getDoubleValue()
            : (Number) parser.getLongValue();
      case VALUE_NUMBER_FLOAT:
        return parser.getDoubleValue();
      case VALUE_TRUE:
        return true;
      case VALUE_FALSE:
        return false;
      default:
        return null;
    }
  }

  /**
   * Returns a field.
   *
   * @param name its name
   * @return its value, absent if there is none
   */
  public Json get(String name) {
    return value instanceof Map<?, ?> fields && fields.get(name) instanceof Json found
        ? found
        : ABSENT;
  }

  /**
   * Returns an item.
   *
   * @param index from 0
   * @return its value, absent if there is none
   */
  public Json at(int index) {
    List<Json> items = items();
    return index < items.size() ? items.get(index) : ABSENT;
  }

  /**
   * Returns the items of a list.
   *
   * @return none if this is no list
   */
  public List<Json> items() {
    if (!(value instanceof List<?> items)) {
      return List.of();
    }
    List<Json> all = new ArrayList<>();
    for (Object item : items) {
      if (item instanceof Json one) {
        all.add(one);
      }
    }
    return all;
  }

  /**
   * Returns the names of the fields.
   *
   * @return none if this is no object
   */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (value instanceof Map<?, ?> fields) {
      for (Object name : fields.keySet()) {
        names.add((String) name);
      }
    }
    return names;
  }

  /**
   * Tells whether there is a value other than null.
   *
   * @return whether there is
   */
  public boolean exists() {
    return value != null;
  }

  /**
   * Tells whether this is a list.
   *
   * @return whether it is
   */
  public boolean isList() {
    return value instanceof List<?>;
  }

  /**
   * Tells whether this is an object.
   *
   * @return whether it is
   */
  public boolean isObject() {
    return value instanceof Map<?, ?>;
  }

  /**
   * Tells whether this is a number.
   *
   * @return whether it is
   */
  public boolean isNumber() {
    return value instanceof Number;
  }

  /**
   * Returns a number.
   *
   * @return NaN if this is none
   */
  public double number() {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /**
   * Returns a truth value.
   *
   * @return false if this is none
   */
  public boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  /**
   * Returns a text.
   *
   * @return empty if this is none
   */
  public String text() {
    return value instanceof String text ? text : "";
  }

  /**
   * Returns the numbers of a list.
   *
   * @return NaN for items that are none
   */
  public double[] numbers() {
    return items().stream().mapToDouble(Json::number).toArray();
  }

  /** Writes the value as a line for readers, not as JSON. */
  @Override
  public String toString() {
    if (value instanceof Double number) {
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? Long.toString(number.longValue())
          : Double.toString(number);
    }
    if (value instanceof List<?>) {
      return String.join(", ", items().stream().map(Json::toString).toList());
    }
    if (value instanceof Map<?, ?>) {
      return String.join(", ", names().stream().map(name -> name + " " + get(name)).toList());
    }
    return value == null ? "–" : value.toString();
  }
}
