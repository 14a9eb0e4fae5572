package dev.flatness.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the misspelled option behind a complaint about something that follows from it. */
final class UnknownOption {
  private UnknownOption() {}

  /** The first option that the command does not know, or null where all are known. */
  static String in(CommandLine.ParameterException failure, String[] arguments) {
    if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
      return first(unmatched.getUnmatched().stream());
    }
    CommandLine again = new CommandLine(new FlatnessCommand(Terminal.NONE));
    again.getCommandSpec().parser().collectErrors(true);
    again.setAbbreviatedOptionsAllowed(false);
    for (CommandLine command : again.getSubcommands().values()) {
      command.getCommandSpec().parser().collectErrors(true);
    }
    CommandLine.ParseResult parsed = again.parseArgs(arguments);
    while (parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return first(parsed.unmatched().stream());
  }

  private static String first(Stream<String> unmatched) {
    return unmatched
        .filter(word -> word.startsWith("-") && word.matches("-{1,2}[A-Za-z].*"))
        .map(word -> word.replaceFirst("=.*", ""))
        .findFirst()
        .orElse(null);
  }

  static List<String> options(CommandSpec command) {
    return command.optionsMap().keySet().stream().filter(name -> name.startsWith("--")).toList();
  }

  /** The known word that takes the fewest changes of a letter, null where none is near. */
  static String nearest(String unknown, Collection<String> known) {
    return known.stream()
        .filter(word -> distance(unknown, word) <= Math.max(1, word.length() / 3))
        .min(
            Comparator.comparingInt((String word) -> distance(unknown, word))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  /** Letters inserted, deleted, replaced, or two neighbors exchanged. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
        } else {
          int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
          int least =
              Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
          boolean exchanged =
              i > 1
                  && j > 1
                  && a.charAt(i - 1) == b.charAt(j - 2)
                  && a.charAt(i - 2) == b.charAt(j - 1);
          cost[i][j] = exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
