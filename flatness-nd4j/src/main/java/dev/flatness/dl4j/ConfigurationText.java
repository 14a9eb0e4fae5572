package dev.flatness.dl4j;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * Checks a configuration before DL4J reads it: DL4J makes objects of the classes that it names.
 *
 * @param graph whether it is of a graph, not of a chain
 * @param json the text
 */
record ConfigurationText(boolean graph, String json) {
  private static final int DEEPEST = 64;
  private static final int LONGEST_LIST = 4096;
  // Classes that only hold settings; none of them runs code of others or reads files.
  private static final List<String> PACKAGES =
      List.of(
          "org.deeplearning4j.nn.conf.",
          "org.deeplearning4j.nn.weights.",
          "org.nd4j.linalg.activations.impl.",
          "org.nd4j.linalg.lossfunctions.impl.",
          "org.nd4j.linalg.learning.config.",
          "org.nd4j.linalg.learning.regularization.",
          "org.nd4j.linalg.schedule.");

  // Lists of names of parts; in every other list a first text may be that of a class.
  private static final List<String> NAMES =
      List.of("networkInputs", "networkOutputs", "topologicalOrderStr");

  /**
   * An object or list that is open.
   *
   * @param field the field that it is the value of, or that its list is
   * @param list whether it is a list
   * @param names whether it is a list of names
   */
  private record Place(String field, boolean list, boolean names) {}

  /**
   * Checks a text.
   *
   * @throws IllegalArgumentException if it is no configuration or names other classes
   */
  static ConfigurationText of(String json) {
    boolean chain = false;
    boolean graph = false;
    ArrayDeque<Place> open = new ArrayDeque<>();
    boolean first = false;
    int items = 0;
    String field = "";
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          field = parser.getCurrentName();
          chain |= open.size() == 1 && field.equals("confs");
          graph |= open.size() == 1 && field.equals("vertices");
          items = 0;
        } else if (token.isStructStart()) {
          open.push(place(open, field, token == JsonToken.START_ARRAY));
          first = true;
          continue;
        } else if (token.isStructEnd()) {
          open.pop();
        } else if (token.isNumeric() && ++items > LONGEST_LIST) {
          throw new IllegalArgumentException(
              "configuration.json holds more than " + LONGEST_LIST + " numbers in one place");
        } else if (token == JsonToken.VALUE_STRING) {
          Place in = open.peek();
          if (in != null && in.list && first && !in.names) {
            throw list(in.field, parser.getText());
          } else if (field.startsWith("@")) {
            requireKnown(parser.getText());
          }
        }
        first = false;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("configuration.json is no JSON", e);
    }
    if (chain == graph) {
      throw new IllegalArgumentException(
          "configuration.json is neither of a MultiLayerNetwork nor of a ComputationGraph");
    }
    return new ConfigurationText(graph, json);
  }

  private static Place place(ArrayDeque<Place> open, String field, boolean list) {
    if (open.size() >= DEEPEST) {
      throw new IllegalArgumentException(
          "configuration.json is nested deeper than " + DEEPEST + " levels");
    }
    Place in = open.peek();
    if (in == null) {
      return new Place("", list, false);
    } else if (in.names) {
      throw new IllegalArgumentException(
          "configuration.json holds more than names in " + Text.quoted(in.field));
    } else if (in.list) {
      return new Place(in.field, list, false);
    }
    int depth = open.size();
    boolean names =
        depth == 1 && NAMES.contains(field)
            || depth == 2 && in.field.equals("vertexInputs")
            || field.equals("variables")
                && List.of("confs", "layerConf", "defaultConfiguration").contains(in.field)
            || field.equals("params") && in.field.equals("constraints");
    return new Place(field, list, list && names);
  }

  /** JSON of Jackson may name a class as the first entry of a list, too. */
  private static IllegalArgumentException list(String field, String text) {
    return new IllegalArgumentException(
        "configuration.json holds a list that begins with the text "
            + Text.quoted(text)
            + " in "
            + Text.quoted(field)
            + ", where DL4J writes none; such a list may name a class to be made. Save the model"
            + " again with ModelSerializer");
  }

  private static void requireKnown(String name) {
    boolean samediff = name.contains(".samediff.");
    if (samediff || PACKAGES.stream().noneMatch(name::startsWith)) {
      throw new IllegalArgumentException(
          "configuration.json names the class "
              + Text.quoted(name)
              + ", which is none of DL4J's own layers and settings; a model with classes of its own"
              + " can be imported from Java: Dl4jNetwork.of(model)");
    }
  }
}
