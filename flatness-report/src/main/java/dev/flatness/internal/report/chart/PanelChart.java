package dev.flatness.internal.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps of one scale side by side, two in a row.
 *
 * @param title what is shown
 * @param words what is to be seen
 * @param maps at least one, all of one scale
 */
public record PanelChart(String title, String words, List<MapChart> maps) implements Chart {
  private static final int SIDE = 240;
  private static final int ACROSS = SIDE + 84;
  private static final int DOWN = SIDE + 90;
  private static final int COLUMNS = 2;

  private int columns() {
    return Math.min(COLUMNS, maps.size());
  }

  @Override
  public double width() {
    return columns() * ACROSS + 92;
  }

  @Override
  public double height() {
    return (maps.size() + COLUMNS - 1) / COLUMNS * DOWN + 26;
  }

  @Override
  public void draw(Canvas canvas) {
    canvas.text(16, 22, title, Canvas.Anchor.START, Canvas.Role.INK, 14);
    for (int k = 0; k < maps.size(); k++) {
      int left = 76 + k % columns() * ACROSS;
      int top = 62 + k / columns() * DOWN;
      maps.get(k).drawMap(canvas, left, top, SIDE, SIDE);
    }
    maps.get(0).drawLegend(canvas, columns() * ACROSS + 20, 62, SIDE);
  }

  @Override
  public List<List<String>> table() {
    List<List<String>> rows = new ArrayList<>();
    for (MapChart map : maps) {
      for (List<String> row : map.table()) {
        boolean header = row.get(0).equals("i");
        if (header && !rows.isEmpty()) {
          continue;
        }
        List<String> named = new ArrayList<>(List.of(header ? "map" : map.title()));
        named.addAll(row);
        rows.add(named);
      }
    }
    return rows;
  }
}
