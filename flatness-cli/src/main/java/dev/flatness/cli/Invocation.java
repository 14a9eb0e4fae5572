package dev.flatness.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** How the user called the command, so that what is proposed can be typed as it stands. */
final class Invocation {
  /** Options that change no number: where output goes, and what an earlier run left. */
  private static final Set<String> OUTPUT =
      Set.of(
          "--json",
          "--csv",
          "--html",
          "--figures",
          "--export",
          "--save-skeleton",
          "--classes",
          "--resume",
          "--force",
          "--quiet",
          "--no-color");

  private Invocation() {}

  /**
   * The command line that repeats a run: the words of the user without the options that change no
   * number.
   *
   * @param command the command that was parsed
   */
  static String repeating(CommandSpec command) {
    Iterator<String> typed =
        command.root().commandLine().getParseResult().expandedArgs().iterator();
    List<String> words = new ArrayList<>();
    while (typed.hasNext()) {
      String word = typed.next();
      String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      if (!OUTPUT.contains(name)) {
        // A word that begins with @ names a file of words, unless the sign is doubled.
        words.add(word.startsWith("@") ? "@" + word : word);
      } else if (name.equals(word)) {
        for (int value = command.findOption(name).arity().min(); value > 0; value--) {
          typed.next();
        }
      }
    }
    return of(words.toArray());
  }

  /** A command line for a shell: the name as it was typed, words quoted where they need it. */
  static String of(Object... words) {
    StringBuilder line =
        new StringBuilder(quoted(System.getProperty("flatness.command", "flatness")));
    for (Object word : words) {
      line.append(' ').append(quoted(word.toString()));
    }
    return line.toString();
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
