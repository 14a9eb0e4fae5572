package dev.flatness.cli;

import static java.util.stream.Collectors.joining;

import dev.flatness.internal.files.OutputFile;
import dev.flatness.internal.files.Reason;
import dev.flatness.internal.files.WriteFailure;
import dev.flatness.surface.PassStoppedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Turns what went wrong into one message in words and an exit code; never a stack trace. */
final class Failures {
  /** Fine. */
  static final int OK = 0;

  /** A claim failed. */
  static final int CLAIM_FAILED = 1;

  /** Bad usage or input. */
  static final int BAD_INPUT = 2;

  /** A computed number missed its tolerance. */
  static final int MISSED_TOLERANCE = 3;

  /** An output could not be written. */
  static final int OUTPUT_FAILED = 74;

  private static final String EXCLUSIVE = " are mutually exclusive (specify only one)";
  private static final Pattern GIVEN = Pattern.compile("=\\{(.*?)\\}");

  private Failures() {}

  static int badUsage(CommandLine.ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    CommandLine.Model.CommandSpec spec = command.getCommandSpec();
    String option = UnknownOption.in(failure, arguments);
    if (option != null) {
      say(err, "Unknown option: '" + option + "'");
      suggest(err, UnknownOption.nearest(option, UnknownOption.options(spec)));
    } else if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      int names = spec.positionalParameters().stream().mapToInt(given -> given.arity().max()).sum();
      if (names > 0) {
        say(err, "'" + word + "' is one name too many; " + spec.name() + " takes " + names);
      } else if (spec.subcommands().isEmpty()) {
        say(err, "'" + word + "' belongs to no option; " + spec.name() + " takes options only");
      } else {
        say(err, "Unknown command: '" + word + "'");
        suggest(err, UnknownOption.nearest(word, spec.subcommands().keySet()));
      }
    } else {
      say(err, words(String.valueOf(failure.getMessage())));
    }
    err.println("Try " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return BAD_INPUT;
  }

  /** What the parser says; of options that exclude each other only which they are. */
  private static String words(String parsed) {
    String message = parsed.replaceFirst("^Error: ", "");
    if (message.startsWith("expected only one match but got")) {
      message =
          GIVEN.matcher(message).results().map(given -> given.group(1)).collect(joining(", "))
              + EXCLUSIVE;
    }
    return message.replace(EXCLUSIVE, " exclude each other; give only one of them");
  }

  private static void suggest(PrintWriter err, @Nullable String nearest) {
    if (nearest != null) {
      err.println("Did you mean " + nearest + "?");
    }
  }

  static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    return report(failure, command.getErr());
  }

  static int report(Throwable failure, PrintWriter err) {
    if (OutputFile.ending()) {
      // A signal took the temporary files away; its exit code is the one that is seen.
      return OUTPUT_FAILED;
    }
    say(err, message(failure));
    if (Boolean.getBoolean("flatness.trace")) {
      failure.printStackTrace(err);
    }
    err.flush();
    if (failure instanceof PassStoppedException) {
      return MISSED_TOLERANCE;
    }
    return isOutput(failure) ? OUTPUT_FAILED : BAD_INPUT;
  }

  private static boolean isOutput(@Nullable Throwable failure) {
    return failure != null && (failure instanceof WriteFailure || isOutput(failure.getCause()));
  }

  /** Tells of results that did not reach standard output; the exit code of the command. */
  static int afterOutput(int code, @Nullable IOException lost, PrintWriter err) {
    if (lost == null) {
      return code;
    }
    say(err, message(new WriteFailure("standard output", lost)));
    err.flush();
    return code == BAD_INPUT ? code : OUTPUT_FAILED;
  }

  private static void say(PrintWriter err, String message) {
    err.println("flatness: " + message);
  }

  static String message(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return "out of memory; use a smaller --batch-size or --limit, or give Java more with"
          + " FLATNESS_JAVA_OPTIONS=-Xmx8g (now "
          + Runtime.getRuntime().maxMemory() / (1 << 20)
          + " MiB)";
    }
    if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return message(unchecked, unchecked.getCause());
    }
    if (failure instanceof IOException io) {
      return message(io);
    }
    if (failure instanceof NoClassDefFoundError || failure instanceof ClassFormatError) {
      return "a part of the command is missing or broken ("
          + failure
          + "); build or install it again";
    }
    if (failure instanceof PassStoppedException
        && !String.valueOf(failure.getMessage()).contains("--time-limit")) {
      return failure.getMessage()
          + " before the first number was known; allow a longer time (--time-limit), or take fewer"
          + " samples (--limit)";
    }
    boolean foreseen =
        failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException
            || failure instanceof UnsupportedOperationException
            || failure instanceof PassStoppedException;
    if (foreseen && failure.getMessage() != null) {
      return failure.getMessage();
    }
    StackTraceElement[] trace = failure.getStackTrace();
    return "internal error: "
        + failure
        + (trace.length == 0 ? "" : " at " + trace[0])
        + "; this is a defect of flatness, please report it with the output of"
        + " FLATNESS_JAVA_OPTIONS=-Dflatness.trace=true";
  }

  /** The library's own words, which name the file and the remedy, with the cause. */
  private static String message(UncheckedIOException failure, IOException cause) {
    String words = failure.getMessage();
    if (words == null || words.equals(cause.toString())) {
      return message(cause);
    }
    return words.contains(Reason.of(cause)) ? words : words + " (" + Reason.of(cause) + ")";
  }

  private static String message(IOException failure) {
    if (failure instanceof NoSuchFileException missing) {
      return "file " + missing.getFile() + " does not exist; check the path";
    }
    if (failure instanceof AccessDeniedException denied) {
      return "file " + denied.getFile() + " cannot be accessed; check its permissions";
    }
    if (failure instanceof NotDirectoryException file) {
      return file.getFile() + " is no directory; check the path";
    }
    if (failure instanceof FileSystemException system && system.getFile() != null) {
      return "file " + system.getFile() + " cannot be used: " + Reason.of(failure);
    }
    if (failure instanceof FileNotFoundException) {
      return "file cannot be used: " + failure.getMessage();
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
