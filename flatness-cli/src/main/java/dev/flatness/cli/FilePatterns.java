package dev.flatness.cli;

import dev.flatness.internal.files.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

/** Files named by words of the command line, of which some are patterns. */
final class FilePatterns {
  private static final Pattern SPECIAL = Pattern.compile("[*?\\[{]");
  private static final Pattern PIECE = Pattern.compile("\\d+|\\D+");

  /** Orders names as people count: {@code epoch-2} before {@code epoch-10}. */
  static final Comparator<String> BY_NUMBERS = FilePatterns::byNumbers;

  private FilePatterns() {}

  /**
   * Finds the files.
   *
   * @param option the option that has the words, for messages
   * @param words names of files, and patterns with {@code * ? [ ]} or <code>{ }</code>
   * @return the files in the order of the words, those of a pattern in the order of their numbers
   * @throws IllegalArgumentException where a pattern matches nothing, or a file is named twice
   */
  static List<Path> files(String option, List<String> words) {
    Set<Path> seen = new LinkedHashSet<>();
    List<Path> files = new ArrayList<>();
    for (String word : words) {
      for (Path file : matches(option, word)) {
        if (!seen.add(file.toAbsolutePath().normalize())) {
          throw new IllegalArgumentException(
              option + " names " + file + " twice; name every file once");
        }
        files.add(file);
      }
    }
    return files;
  }

  /** Whether a word is a pattern and no file of that name. */
  static boolean anyPattern(List<String> words) {
    return words.stream()
        .anyMatch(word -> SPECIAL.matcher(word).find() && !Files.exists(Path.of(word)));
  }

  private static List<Path> matches(String option, String word) {
    Path path;
    try {
      path = new Quantities.FileConverter().convert(word);
    } catch (TypeConversionException e) {
      throw new IllegalArgumentException(option + " " + e.getMessage(), e);
    }
    if (!SPECIAL.matcher(word).find() || Files.exists(path)) {
      return List.of(path);
    }
    int plain = 0;
    while (!SPECIAL.matcher(path.getName(plain).toString()).find()) {
      plain++;
    }
    Path root = path.getRoot();
    Path base = plain == 0 ? Path.of("") : path.subpath(0, plain);
    Path folder = root == null ? base : root.resolve(base);
    String rest = path.subpath(plain, path.getNameCount()).toString();
    List<Path> files = find(option, word, folder, rest);
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          option + " '" + word + "' matches no file; check the folder and the pattern");
    }
    return files;
  }

  private static List<Path> find(String option, String word, Path folder, String pattern) {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          option + " '" + word + "' is no pattern: " + e.getDescription(), e);
    }
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : Path.of(pattern).getNameCount();
    try (Stream<Path> found =
        Files.find(
            folder,
            depth,
            (file, attributes) ->
                Files.isRegularFile(file) && matcher.matches(folder.relativize(file)))) {
      return found.sorted(Comparator.comparing(Path::toString, BY_NUMBERS)).toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw unreadable(folder, Objects.requireNonNull(e.getCause()));
    }
  }

  private static IllegalArgumentException unreadable(Path folder, IOException failure) {
    return new IllegalArgumentException(
        "folder " + folder + " cannot be searched: " + Reason.of(failure), failure);
  }

  /**
   * Names files for people: the last part without its ending, with as many folders before it as
   * tell all of them apart.
   *
   * @param files distinct files
   * @return a name for each, all of them different
   */
  static List<String> names(List<Path> files) {
    int longest = files.stream().mapToInt(Path::getNameCount).max().orElse(1);
    for (int parts = 1; parts <= longest; parts++) {
      int most = parts;
      List<String> names = files.stream().map(file -> name(file, most)).toList();
      if (Set.copyOf(names).size() == names.size()) {
        return names;
      }
    }
    List<String> numbered = new ArrayList<>();
    for (Path file : files) {
      numbered.add((numbered.size() + 1) + "-" + name(file, 1));
    }
    return numbered;
  }

  private static String name(Path file, int parts) {
    int count = file.getNameCount();
    String joined =
        Stream.iterate(Math.max(0, count - parts), i -> i < count, i -> i + 1)
            .map(i -> file.getName(i).toString())
            .filter(part -> !part.equals("..") && !part.equals("."))
            .collect(Collectors.joining("-"));
    int dot = joined.lastIndexOf('.');
    return dot > 0 ? joined.substring(0, dot) : joined;
  }

  private static int byNumbers(String a, String b) {
    List<String> first = pieces(a);
    List<String> second = pieces(b);
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      String x = first.get(i);
      String y = second.get(i);
      boolean numbers = isNumber(x) && isNumber(y);
      int order = numbers ? new BigInteger(x).compareTo(new BigInteger(y)) : x.compareTo(y);
      if (order != 0) {
        return order;
      }
    }
    int order = Integer.compare(first.size(), second.size());
    return order == 0 ? a.compareTo(b) : order;
  }

  private static boolean isNumber(String piece) {
    return piece.charAt(0) >= '0' && piece.charAt(0) <= '9';
  }

  private static List<String> pieces(String text) {
    return PIECE.matcher(text).results().map(MatchResult::group).toList();
  }
}
