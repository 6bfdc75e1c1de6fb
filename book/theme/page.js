// What the book adds to mdBook's pages: notes for teachers that can be switched on, commands that are copied without
// their output, tables that scroll by keyboard. Without JavaScript the notes are there, folded.
(() => {
  "use strict";

  const root = document.documentElement;
  const KEY = "uchat-notes";

  function stored() {
    try {
      return localStorage.getItem(KEY) === "on";
    } catch {
      return false; // a browser that keeps nothing, for example for files
    }
  }

  function store(on) {
    try {
      localStorage.setItem(KEY, on ? "on" : "off");
    } catch {
      // They stay on for this page.
    }
  }

  // ---- notes for teachers -------------------------------------------------------------------------------------

  const button = document.createElement("button");
  const status = document.createElement("p");

  function setUpNotes() {
    button.type = "button";
    button.id = "notes-toggle";
    button.className = "icon-button";
    button.textContent = "Notes";
    button.title = "Notes for teachers (n)";
    button.setAttribute("aria-keyshortcuts", "n");
    button.addEventListener("click", () => show(!root.classList.contains("notes-on"), true));
    status.className = "for-screen-readers";
    status.setAttribute("role", "status");
    document.querySelector("#mdbook-menu-bar .right-buttons")?.prepend(button);
    document.body.append(status);
    document.addEventListener("keydown", (event) => {
      if (event.key === "n" && !event.altKey && !event.ctrlKey && !event.metaKey && !isWriting(event.target)) button.click();
    });
    const help = document.querySelector("#mdbook-help-popup > div");
    if (help) {
      const line = document.createElement("p");
      line.innerHTML = "Press <kbd>N</kbd> to show or hide the notes for teachers";
      help.insertBefore(line, help.lastElementChild);
    }
    show(stored(), false);
  }

  function show(on, said) {
    root.classList.toggle("notes-on", on);
    button.setAttribute("aria-pressed", String(on));
    const notes = document.querySelectorAll("details.notes");
    notes.forEach((note) => (note.open = on));
    if (!said) return;
    store(on);
    const there = notes.length === 0 ? "this page has none" : `${notes.length} on this page`;
    status.textContent = on ? `Notes for teachers are shown: ${there}.` : "Notes for teachers are hidden.";
  }

  function isWriting(element) {
    return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
  }

  // ---- the switch for the contents ------------------------------------------------------------------------------

  function setUpContents() {
    // mdBook's switch is a label: no key reaches it, and it may not say whether the contents are shown. A button can.
    const label = document.getElementById("mdbook-sidebar-toggle");
    const box = document.getElementById("mdbook-sidebar-toggle-anchor");
    if (!label || !box) return;
    const button = document.createElement("button");
    button.type = "button";
    for (const { name, value } of label.attributes) if (name !== "for") button.setAttribute(name, value);
    button.append(...label.childNodes);
    button.addEventListener("click", () => {
      label.dispatchEvent(new MouseEvent("click")); // mdBook lets the contents take up room again
      box.click();
    });
    box.addEventListener("change", () => button.setAttribute("aria-expanded", String(box.checked)));
    label.replaceWith(button);
  }

  // ---- copying from a terminal --------------------------------------------------------------------------------

  function setUpCopying() {
    // Before mdBook's own script, which would copy prompts and output, too.
    document.addEventListener(
      "click",
      (event) => {
        const clip = event.target.closest?.("pre.console .clip-button");
        if (!clip || !navigator.clipboard) return;
        event.stopPropagation();
        const commands = [...clip.closest("pre").querySelectorAll(".command")].map((command) => command.textContent);
        navigator.clipboard.writeText(`${commands.join("\n")}\n`).then(
          () => (status.textContent = commands.length === 1 ? "The command is copied." : "The commands are copied."),
          () => (status.textContent = "The browser does not let this page copy."),
        );
      },
      true,
    );
  }

  // ---- what scrolls can be scrolled by keyboard -----------------------------------------------------------------

  function setUpScrolling() {
    const boxes = document.querySelectorAll("main .table-wrapper, main .generated-table, main pre > code, main .drawing");
    const update = () => {
      for (const box of boxes) {
        if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      }
    };
    update();
    window.addEventListener("resize", update);
    document.addEventListener("toggle", update, true);
  }

  // ---- answers on paper ---------------------------------------------------------------------------------------

  function setUpPrinting() {
    let closed = [];
    window.addEventListener("beforeprint", () => {
      closed = [...document.querySelectorAll("main details:not([open])")];
      closed.filter((details) => !details.matches(".notes") || root.classList.contains("notes-on")).forEach((details) => (details.open = true));
    });
    window.addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));
  }

  // A link into something folded opens it.
  function openTarget() {
    if (!location.hash) return;
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return; // no name of anything
    }
    for (let box = target; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
    }
    if (target?.closest("details")) target.scrollIntoView();
  }

  setUpNotes();
  setUpContents();
  setUpCopying();
  setUpScrolling();
  setUpPrinting();
  openTarget();
  window.addEventListener("hashchange", openTarget);
})();
