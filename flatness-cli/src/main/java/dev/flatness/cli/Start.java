package dev.flatness.cli;

/**
 * The first class of the process. It refers to no library, so that a missing or broken one is told
 * in words.
 */
final class Start {
  private Start() {}

  public static void main(String[] arguments) {
    try {
      Main.main(arguments);
    } catch (LinkageError failure) {
      end(
          "a part of the command is missing or broken ("
              + failure
              + "); build or install it again");
    } catch (Throwable failure) {
      end("the command could not start: " + failure);
    }
  }

  private static void end(String words) {
    System.err.println("flatness: " + words);
    System.exit(2);
  }
}
