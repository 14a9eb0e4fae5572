package dev.flatness.surface;

import dev.flatness.network.Network;
import dev.flatness.network.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of positions of θ as ascending, disjoint ranges.
 *
 * <p>Formula: restriction x_S = (θ_i)_{i∈S} in ascending order of i, and its adjoint.
 *
 * <p>Cost: constant a range.
 *
 * @param ranges the ranges
 */
public record ParameterSet(List<Range> ranges) {
  /** Names that an error shows. */
  private static final int MOST_NAMED = 12;

  /**
   * Consecutive positions.
   *
   * @param offset the first position
   * @param length how many
   */
  public record Range(int offset, int length) {}

  /**
   * Checks the order.
   *
   * @param ranges the ranges
   */
  public ParameterSet {
    ranges = List.copyOf(ranges);
    int end = 0;
    for (Range range : ranges) {
      if (range.offset() < end || range.length() < 1) {
        throw new IllegalArgumentException(
            "range "
                + range
                + " starts before "
                + end
                + " or is empty; ranges must ascend and be disjoint");
      }
      end = range.offset() + range.length();
    }
  }

  /**
   * Returns all positions.
   *
   * @param dimension the length of θ
   * @return the set
   */
  public static ParameterSet all(int dimension) {
    return new ParameterSet(List.of(new Range(0, dimension)));
  }

  /**
   * Returns the positions of some parameters.
   *
   * @param parameters the parameters, in any order
   * @return the set
   */
  public static ParameterSet of(Collection<Parameter> parameters) {
    List<Range> ranges = new ArrayList<>();
    parameters.stream()
        .filter(parameter -> parameter.size() > 0)
        .sorted(Comparator.comparingInt(Parameter::offset))
        .distinct()
        .forEach(parameter -> ranges.add(new Range(parameter.offset(), parameter.size())));
    return new ParameterSet(ranges);
  }

  /**
   * Returns the positions of the parameters whose names match a pattern.
   *
   * @param network the network
   * @param globs patterns of whole names, as {@code fc*.weight}: {@code *} stands for any
   *     characters, {@code ?} for one, everything else for itself
   * @return the set of what matches at least one of them
   * @throws IllegalArgumentException if there is no pattern, or one matches no parameter, naming
   *     those there are
   */
  public static ParameterSet matching(Network network, String... globs) {
    if (globs.length == 0) {
      throw new IllegalArgumentException(
          "no pattern of parameter names is given, expected at least one, as fc*.weight");
    }
    List<Parameter> matched = new ArrayList<>();
    for (String glob : globs) {
      Pattern pattern = pattern(glob);
      List<Parameter> found =
          network.parameters().stream()
              .filter(parameter -> parameter.size() > 0)
              .filter(parameter -> pattern.matcher(parameter.name()).matches())
              .toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException(
            "pattern \""
                + glob
                + "\" matches no parameter, expected one that matches some of "
                + some(network.parameters()));
      }
      matched.addAll(found);
    }
    return of(matched);
  }

  private static String some(List<Parameter> parameters) {
    int shown = Math.min(MOST_NAMED, parameters.size());
    String names =
        parameters.stream()
            .limit(shown)
            .map(Parameter::name)
            .collect(Collectors.joining(", ", "[", "]"));
    int left = parameters.size() - shown;
    return left == 0 ? names : names + " and " + left + " more";
  }

  private static Pattern pattern(String glob) {
    StringBuilder expression = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(expression.toString(), Pattern.DOTALL);
  }

  /**
   * Returns the number of positions.
   *
   * @return the dimension of the restricted vectors
   */
  public int size() {
    return ranges.stream().mapToInt(Range::length).sum();
  }

  /**
   * Copies the set's entries of a whole vector.
   *
   * @param whole a vector of the length of θ
   * @param restricted receives x_S
   */
  public void restrict(double[] whole, double[] restricted) {
    int at = 0;
    for (Range range : ranges) {
      System.arraycopy(whole, range.offset(), restricted, at, range.length());
      at += range.length();
    }
  }

  /**
   * Writes the set's entries into a whole vector and leaves the others.
   *
   * @param restricted x_S
   * @param whole the vector written to
   */
  public void embed(double[] restricted, double[] whole) {
    int at = 0;
    for (Range range : ranges) {
      System.arraycopy(restricted, at, whole, range.offset(), range.length());
      at += range.length();
    }
  }

  /**
   * Refuses a set that reaches beyond a vector.
   *
   * @param dimension the length of the vector
   * @throws IllegalArgumentException if a range ends beyond it
   */
  public void requireWithin(int dimension) {
    for (Range range : ranges) {
      if (range.length() > dimension - range.offset()) {
        throw new IllegalArgumentException(
            "range "
                + range
                + " ends beyond the "
                + dimension
                + " entries of the parameter vector");
      }
    }
  }

  /**
   * Tells whether every position of a parameter belongs to the set.
   *
   * @param parameter the parameter
   * @return whether it is contained
   */
  public boolean contains(Parameter parameter) {
    return ranges.stream()
        .anyMatch(
            range ->
                range.offset() <= parameter.offset()
                    && parameter.offset() + parameter.size() <= range.offset() + range.length());
  }

  /**
   * Tells whether some position of a parameter belongs to the set.
   *
   * @param parameter the parameter
   * @return whether they meet
   */
  public boolean meets(Parameter parameter) {
    return ranges.stream()
        .anyMatch(
            range ->
                range.offset() < parameter.offset() + parameter.size()
                    && parameter.offset() < range.offset() + range.length());
  }
}
