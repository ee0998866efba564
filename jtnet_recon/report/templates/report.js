"use strict";
/* Sorts, searches and pages the tables. It reads and hides rows; it never writes markup. */
for (const box of document.querySelectorAll("[data-table]")) {
  const table = box.querySelector("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const search = box.querySelector("input");
  const choices = Array.from(box.querySelectorAll("select"));
  const said = box.querySelector("output");
  const more = box.querySelector(".more");
  const step = Number(box.dataset.page);
  const texts = new Map();
  let order = rows.slice();
  let room = step;

  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const fits = (row) => {
    const wanted = search.value.trim().toLowerCase();
    if (wanted && !wanted.split(/\s+/).every((part) => textOf(row).includes(part))) return false;
    return choices.every((choice) => {
      if (!choice.value) return true;
      return row.cells[Number(choice.dataset.column)].textContent.trim() === choice.value;
    });
  };
  const show = () => {
    let count = 0;
    for (const row of order) {
      const keep = fits(row);
      row.hidden = !keep;
      row.classList.toggle("later", keep && count >= room);
      if (keep) count += 1;
    }
    said.textContent = said.dataset.text
      .replace("{shown}", count.toLocaleString())
      .replace("{count}", rows.length.toLocaleString());
    more.hidden = count <= room;
  };
  const keyOf = (cell) => (cell.dataset.n === undefined ? null : BigInt(cell.dataset.n));
  const compare = (one, two) => {
    const left = keyOf(one), right = keyOf(two);
    if (left !== null && right !== null) return left < right ? -1 : left > right ? 1 : 0;
    return one.textContent.localeCompare(two.textContent, undefined, { numeric: true });
  };
  const sort = (head) => {
    const down = head.getAttribute("aria-sort") === "descending";
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const sign = down ? 1 : -1;
    const place = head.cellIndex;
    order = rows.slice().sort((one, two) => {
      /* Amounts of two currencies cannot be compared, so each stays together. */
      const group = Number(one.dataset.g) - Number(two.dataset.g);
      const both = head.dataset.money === undefined ? 0 : group;
      return both || sign * compare(one.cells[place], two.cells[place]);
    });
    body.append(...order);
    show();
  };
  for (const head of table.tHead.rows[0].cells) {
    head.querySelector("button").addEventListener("click", () => sort(head));
  }
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { room = step; show(); }, 120);
  });
  for (const choice of choices) {
    choice.addEventListener("change", () => { room = step; show(); });
  }
  more.addEventListener("click", () => { room += step; show(); });
  show();
}
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
