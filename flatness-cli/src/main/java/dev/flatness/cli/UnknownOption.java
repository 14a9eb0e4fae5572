package dev.flatness.cli;

import dev.flatness.internal.text.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the misspelled option behind a complaint about something that follows from it. */
final class UnknownOption {
  private UnknownOption() {}

  /** The first option that the command does not know, or null where all are known. */
  static @Nullable String in(CommandLine.ParameterException failure, String[] arguments) {
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

  private static @Nullable String first(Stream<String> unmatched) {
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
  static @Nullable String nearest(String unknown, Collection<String> known) {
    return known.stream()
        .filter(word -> EditDistance.between(unknown, word) <= Math.max(1, word.length() / 3))
        .min(
            Comparator.comparingInt((String word) -> EditDistance.between(unknown, word))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }
}
