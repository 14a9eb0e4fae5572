package dev.flatness.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command run in this process.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandRun(int code, String out, String err) {
  static CommandRun of(String... arguments) {
    return on(Terminal.NONE, arguments);
  }

  static CommandRun on(Terminal terminal, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(terminal, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new CommandRun(code, out.toString(), err.toString());
  }
}
