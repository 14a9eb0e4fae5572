package dev.flatness.basispath;

import dev.flatness.network.Network;
import java.io.IOException;
import java.io.Writer;
import java.util.stream.Collectors;

/**
 * Basis paths as comma-separated values, one line each, written as they are found.
 *
 * <p>Format: {@code index,value,tensor,entry,edge,path}: the place among the coordinates; v_e with
 * 17 significant digits; the tensor of e and e's row-major place in it; the place of e in the path;
 * the path's weights from the input to the output, separated by blanks.
 */
public final class BasisPathFile {
  private BasisPathFile() {}

  /**
   * Writes all paths.
   *
   * <p>Cost: the length of all paths; no more than one is held.
   *
   * @param paths the paths
   * @param writer where to; not closed
   * @throws IOException if the writer fails
   */
  public static void write(BasisPaths paths, Writer writer) throws IOException {
    Network network = paths.network();
    writer.write("index,value,tensor,entry,edge,path\n");
    for (int i = 0; i < paths.count(); i++) {
      BasisPath path = paths.path(i);
      PathEdge own = path.coordinateEdge();
      String edges =
          path.edges().stream()
              .map(edge -> edge.toString().replace(',', ';'))
              .collect(Collectors.joining(" "));
      writer.write(
          i
              + ","
              + path.value()
              + ","
              + quoted(own.parameter())
              + ","
              + own.entry(network)
              + ","
              + path.edge()
              + ","
              + quoted(edges)
              + "\n");
    }
  }

  private static String quoted(String text) {
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
