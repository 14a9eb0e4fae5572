"use strict";
(() => {
  const root = document.documentElement;
  const dark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const button = document.querySelector(".theme");
  const say = () => { button.textContent = dark() ? "Light theme" : "Dark theme"; };
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    say();
    document.dispatchEvent(new Event("theme"));
  });
  button.hidden = false;
  say();

  // Tables: a click or Enter on a heading sorts by its column; a second one turns the order.
  for (const heading of document.querySelectorAll("th button")) {
    heading.addEventListener("click", () => {
      const cell = heading.parentElement;
      const table = cell.closest("table");
      const column = [...cell.parentElement.children].indexOf(cell);
      const order = cell.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of cell.parentElement.children) {
        if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
      }
      cell.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const key = (row) => row.children[column].dataset.value ?? row.children[column].textContent;
      const body = table.tBodies[0];
      const rows = [...body.rows];
      rows.sort((a, b) => {
        const x = key(a), y = key(b);
        const p = Number(x), q = Number(y);
        const missing = (text, number) => text === "" || (text !== "" && Number.isNaN(number) && text === "–");
        if (missing(x, p) || missing(y, q)) return missing(x, p) - missing(y, q);
        if (!Number.isNaN(p) && !Number.isNaN(q)) return sign * (p - q);
        return sign * x.localeCompare(y, "en");
      });
      body.append(...rows);
    });
  }
})();
