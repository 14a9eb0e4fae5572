package dev.flatness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What every page must do in a browser. */
final class PageChecks {
  private PageChecks() {}

  /** The texts of a list that a script returns. */
  static List<String> texts(Browser browser, String script) {
    return StreamSupport.stream(browser.evaluate(script).spliterator(), false)
        .map(item -> item.asText())
        .toList();
  }

  /** The names of the charts, as of their files. */
  static List<String> charts(Browser browser) {
    return texts(
        browser,
        "[...document.querySelectorAll('figure[id] svg')].map(s =>"
            + " s.closest('figure').id.slice('figure-'.length))");
  }

  /** Every chart has a title, words and a caption; no text is cut or covered by another. */
  static void everyChartIsReadable(Browser browser) {
    assertThat(
            texts(
                browser,
                """
                (() => {
                  const bad = [];
                  for (const figure of document.querySelectorAll('figure')) {
                    const caption = figure.querySelector('figcaption');
                    if (!caption || caption.innerText.trim() === '') bad.push(figure.id + ' has no caption');
                  }
                  for (const svg of document.querySelectorAll('figure svg.chart')) {
                    const name = svg.closest('figure').id;
                    for (const part of ['title', 'desc']) {
                      if (!svg.querySelector(part)?.textContent) bad.push(name + ' has no ' + part);
                    }
                    const frame = svg.getBoundingClientRect();
                    if (frame.height < 50) bad.push(name + ' is flat');
                    const boxes = [...svg.querySelectorAll('text')]
                      .map((text) => [text.textContent, text.getBoundingClientRect()]);
                    boxes.forEach(([words, box], i) => {
                      if (box.left < frame.left - 1 || box.right > frame.right + 1
                          || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
                        bad.push(name + ': "' + words + '" is cut');
                      }
                      for (const [other, twin] of boxes.slice(0, i)) {
                        if (Math.min(box.right, twin.right) - Math.max(box.left, twin.left) > 1
                            && Math.min(box.bottom, twin.bottom) - Math.max(box.top, twin.top) > 2) {
                          bad.push(name + ': "' + words + '" covers "' + other + '"');
                        }
                      }
                    });
                  }
                  return bad;
                })()"""))
        .as("every chart has its words, and none is cut or covered")
        .isEmpty();
  }

  /** A click on any heading sorts its table upwards, a second one downwards. */
  static void everyTableSorts(Browser browser) {
    assertThat(
            texts(
                browser,
                """
                (() => {
                  const bad = [];
                  for (const table of document.querySelectorAll('table')) {
                    [...table.tHead.rows[0].cells].forEach((heading, column) => {
                      for (const order of ['ascending', 'descending']) {
                        heading.querySelector('button').click();
                        const name = table.caption.textContent + ', ' + heading.textContent + ', ' + order;
                        if (heading.getAttribute('aria-sort') !== order) bad.push(name + ' is not said');
                        const keys = [...table.tBodies[0].rows]
                          .map((row) => row.cells[column].dataset.value ?? row.cells[column].textContent)
                          .filter((key) => key !== '');
                        const numbers = keys.map(Number).filter((number) => !Number.isNaN(number));
                        if (numbers.length < keys.length) continue;
                        const sign = order === 'ascending' ? 1 : -1;
                        for (let i = 1; i < numbers.length; i++) {
                          if (sign * (numbers[i] - numbers[i - 1]) < 0) bad.push(name);
                        }
                      }
                    });
                  }
                  return bad;
                })()"""))
        .as("every table sorts by every column")
        .isEmpty();
  }

  /** Tab comes to everything that can be used, and Enter uses it. */
  static void reachesEverythingByTheKeyboard(Browser browser) {
    String usable = "'a[href], button, [tabindex=\"0\"]'";
    int wanted = browser.evaluate("document.querySelectorAll(" + usable + ").length").asInt();
    browser.evaluate(
        "window.reached = new Set(); document.activeElement.blur(); document.addEventListener("
            + "'focusin', (event) => reached.add(event.target))");
    for (int i = 0; i < wanted; i++) {
      browser.press("Tab", 9);
    }
    assertThat(
            texts(
                browser,
                "[...document.querySelectorAll("
                    + usable
                    + ")].filter((one) => !reached.has(one)).map((one) => one.outerHTML)"))
        .as("Tab comes to every link, heading, table and surface")
        .isEmpty();
    browser.evaluate("document.querySelector('th button').focus()");
    String sorted = "document.querySelector('th').getAttribute('aria-sort')";
    String before = browser.evaluate(sorted).asText();
    browser.press("Enter", 13);
    assertThat(browser.evaluate(sorted).asText())
        .as("Enter sorts")
        .isNotEqualTo(before)
        .isNotEqualTo("none");
  }

  /** Both themes differ, the button changes them, and a phone shows the page without a side. */
  static void hasTwoThemesAndFitsAPhone(Browser browser, Path folder, String name) {
    String paper = "getComputedStyle(document.body).backgroundColor";
    List<String> seen = new ArrayList<>();
    browser.size(1200, 900, false);
    for (String theme : List.of("light", "dark")) {
      browser.theme(theme);
      seen.add(browser.evaluate(paper).asText());
      browser.screenshot(folder.resolve(name + "-" + theme + ".png"));
    }
    assertThat(seen.get(1)).as("dark follows the system").isNotEqualTo(seen.get(0));
    browser.evaluate("document.querySelector('.theme').click()");
    assertThat(browser.evaluate(paper).asText()).as("the button goes back").isEqualTo(seen.get(0));
    browser.size(390, 844, true);
    assertThat(browser.evaluate("document.documentElement.scrollWidth - window.innerWidth").asInt())
        .as("nothing but wide tables scrolls sideways on a phone")
        .isLessThanOrEqualTo(0);
    browser.screenshot(folder.resolve(name + "-phone.png"));
    browser.size(1200, 900, false);
  }

  /** The page asked nobody for anything, and complained of nothing. */
  static void isQuiet(Browser browser) {
    assertThat(browser.complaints()).as("no error and no warning on the console").isEmpty();
    assertThat(browser.requests()).as("no request").isEmpty();
  }
}
