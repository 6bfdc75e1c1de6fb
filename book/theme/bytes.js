// Labelled bytes: a field and its bytes light up together. Everything can be read, and unfolded, without this file.
(() => {
  "use strict";

  // The n-th <i> among the bytes belongs to the n-th row that has no fields of its own (anatomy's Html::dump).
  const leaves = (of) => [...of.querySelectorAll("li")].filter((row) => !row.querySelector("li"));
  const opened = (node) => {
    for (let at = node; at; at = at.parentElement?.closest("details")) {
      if (at.tagName === "DETAILS") at.open = true;
    }
  };

  /** How each dump marks a row of its own. */
  const marking = new Map();

  for (const dump of document.querySelectorAll(".anatomy")) {
    const spans = [...dump.querySelectorAll(".hex i")];
    const rows = leaves(dump);
    if (spans.length !== rows.length) continue;
    // Each row gets a link to itself: the keyboard stops there, and it can be copied. Rows whose name is not the only
    // one of its kind get a number for it.
    const item = dump.closest("details");
    const layer = [...item.querySelectorAll(".anatomy")].indexOf(dump) + 1;
    rows.forEach((row, n) => {
      row.id ||= `${item.id}-${layer}-${n + 1}`;
      const link = document.createElement("a");
      link.href = `#${row.id}`;
      const label = row.querySelector("b");
      label.replaceWith(link);
      link.append(label);
    });
    const spanOf = new Map(rows.map((row, n) => [row, spans[n]]));

    const clear = () => dump.querySelectorAll(".marked").forEach((node) => node.classList.remove("marked"));
    const mark = (row) => {
      clear();
      row.classList.add("marked");
      const inside = spanOf.has(row) ? [row] : leaves(row);
      inside.forEach((leaf) => spanOf.get(leaf)?.classList.add("marked"));
    };
    marking.set(dump, mark);
    const unmark = () => {
      clear();
      const focused = document.activeElement?.closest?.(".anatomy li");
      if (focused && dump.contains(focused)) mark(focused);
    };

    const list = dump.querySelector("ul");
    const rowAt = (event) => event.target.closest("li");
    list.addEventListener("mouseover", (event) => rowAt(event) && mark(rowAt(event)));
    list.addEventListener("mouseleave", unmark);
    list.addEventListener("focusin", (event) => rowAt(event) && mark(rowAt(event)));
    // A jump to a fragment takes the focus away and gives it to nobody: what is marked stays so.
    list.addEventListener("focusout", (event) => event.relatedTarget && clear());

    const bytes = dump.querySelector(".hex");
    const rowOf = (event) => rows[spans.indexOf(event.target.closest(".hex i"))];
    bytes.addEventListener("mouseover", (event) => rowOf(event) && mark(rowOf(event)));
    bytes.addEventListener("mouseleave", unmark);
    bytes.addEventListener("click", (event) => {
      const row = rowOf(event);
      if (!row) return;
      opened(row);
      row.querySelector("a").focus();
    });
  }

  // A link to a field unfolds what is around it.
  const follow = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.closest(".bytes")) return;
    opened(target.closest("details"));
    target.scrollIntoView({ block: target.tagName === "DETAILS" ? "start" : "center" });
    const link = target.querySelector(":scope > a, :scope > details > summary, :scope > summary");
    link?.focus({ preventScroll: true });
    if (target.tagName === "LI") marking.get(target.closest(".anatomy"))?.(target);
  };
  addEventListener("hashchange", follow);
  follow();
})();
