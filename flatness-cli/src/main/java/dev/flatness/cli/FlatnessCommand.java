package dev.flatness.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command above all others: says what there is. */
@Command(
    name = "flatness",
    mixinStandardHelpOptions = true,
    versionProvider = FlatnessCommand.Version.class,
    subcommands = {
      DemoCommand.class,
      InfoCommand.class,
      MeasureCommand.class,
      MeasuresCommand.class,
      SpectrumCommand.class,
      LandscapeCommand.class,
      ReportCommand.class,
      AuditCommand.class,
      BoundCommand.class,
      GeneralizationCommand.class,
      BasisPathsCommand.class,
      RescaleCommand.class,
      TrainCommand.class,
      ConvertCommand.class,
      CommandLine.HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Measures how flat the minimum of a neural network is, whatever its weights' scale.",
    footerHeading = "%nExample:%n",
    footer = {
      "  flatness demo",
      "",
      "flatness install DIR puts a copy into DIR that needs nothing but Java.",
      "flatness COMMAND --help shows the options of a command."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:fine",
      "  1:a claim failed: a number that is declared invariant moved (audit, demo)",
      "  2:bad usage or input",
      "  3:a number missed its tolerance; reports were written",
      " 74:an output could not be written",
      "130:interrupted (143 by the signal TERM)"
    })
final class FlatnessCommand implements Runnable {
  private final Terminal terminal;

  @Spec private CommandSpec spec;

  FlatnessCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  static String version() {
    String version = FlatnessCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"flatness " + version()};
    }
  }
}
