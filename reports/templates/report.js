"use strict";
// A table that fits needs no box to scroll in: its headings stay in sight while the page scrolls. One that does not fit
// is stacked: each row is a card whose values stand below the names of their columns.
const boxes = Array.from(document.querySelectorAll(".scroll"));
boxes.forEach((box) => {
  const heads = Array.from(box.querySelectorAll("thead tr:last-child th"), (head) => head.textContent.trim());
  box.querySelectorAll("tbody tr:not(.detail), tfoot tr").forEach((row) => Array.from(row.cells).forEach((cell, place) => {
    if (cell.tagName === "TD" && cell.dataset.label === undefined && cell.textContent.trim()) cell.dataset.label = heads[place];
  }));
});
const fit = () => {
  boxes.forEach((box) => box.classList.remove("fits", "stacked"));
  const fits = boxes.map((box) => box.scrollWidth <= box.clientWidth);
  boxes.forEach((box, place) => box.classList.add(fits[place] ? "fits" : "stacked"));
};
document.querySelectorAll("table[data-sortable]").forEach((table) => {
  const groups = () => Array.from(table.tBodies).filter((body) => body.rows.length);
  const heads = Array.from(table.tHead.rows[0].cells);
  const tools = document.getElementById(table.dataset.tools || "");
  const limit = Number(table.dataset.limit || Infinity);
  let all = false;

  const key = (body, column) => {
    const cell = body.rows[0].cells[column];
    return cell.dataset.key === undefined ? cell.textContent.trim() : cell.dataset.key;
  };
  const show = () => {
    const field = (name) => (tools ? tools.querySelector(`[name=${name}]`) : null);
    const words = (field("words")?.value || "").toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = tools ? Array.from(tools.querySelectorAll("select")).filter((s) => s.value !== "") : [];
    let found = 0, shown = 0;
    groups().forEach((body) => {
      const text = body.dataset.words || "";
      const fits = words.every((word) => text.includes(word))
        && chosen.every((select) => body.dataset[select.name] === select.value);
      if (fits) found += 1;
      const visible = fits && (all || shown < limit);
      if (visible) shown += 1;
      body.hidden = !visible;
    });
    if (!tools) return;
    tools.querySelector("output").textContent = `${shown.toLocaleString("en")} of ${found.toLocaleString("en")} shown`;
    const more = tools.querySelector("button.more");
    more.hidden = found <= limit;
    more.textContent = all ? `Show the first ${limit}` : `Show all ${found.toLocaleString("en")}`;
  };
  const sort = (column, ascending) => {
    const numeric = heads[column].classList.contains("number");
    const rows = groups().map((body, place) => [key(body, column), place, body]);
    rows.sort((a, b) => {
      if (a[0] === "" || b[0] === "") return (a[0] === "") - (b[0] === "") || a[1] - b[1];
      const order = numeric ? Number(a[0]) - Number(b[0]) : a[0].localeCompare(b[0], "en", { numeric: true });
      return (ascending ? order : -order) || a[1] - b[1];
    });
    rows.forEach((row) => table.appendChild(row[2]));
    if (table.tFoot) table.appendChild(table.tFoot);
    heads.forEach((head, place) => {
      if (head.hasAttribute("aria-sort")) head.setAttribute("aria-sort", "none");
      if (place === column) head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    });
    show();
  };
  heads.forEach((head, column) => {
    head.querySelector("button")?.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(column, now === "none" ? !head.classList.contains("number") : now === "descending");
    });
  });
  tools?.addEventListener("input", show);
  tools?.querySelector("button.more").addEventListener("click", () => { all = !all; show(); });
  tools?.querySelector("button.reset").addEventListener("click", () => {
    tools.querySelectorAll("input, select").forEach((field) => { field.value = ""; });
    show();
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button.open");
    if (!button) return;
    const detail = document.getElementById(button.getAttribute("aria-controls"));
    const shown = detail.classList.toggle("shown");
    button.setAttribute("aria-expanded", String(shown));
  });
  show();
});
fit();
addEventListener("resize", fit);
document.addEventListener("toggle", fit, true);
