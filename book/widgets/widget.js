// What all widgets share: their start, fields, tables and bytes. It is loaded before each of them.
(() => {
  "use strict";
  if (globalThis.widgets) return; // there may be two widgets on a page

  /** Something in a field that cannot be used: a sentence that says what is wrong and what to do. */
  class Refusal extends Error {
    constructor(sentence, field) {
      super(sentence);
      this.field = field;
    }
  }

  /**
   * Starts each widget of this name on the page. Without JavaScript its fields are hidden, and what stands in
   * its tables is a worked example; here the fields appear, and the tables follow them.
   *
   * `setUp` gets the widget's parts and returns a function that computes `{ result, tables }` from the fields,
   * or throws a Refusal.
   */
  function start(name, setUp) {
    // Until the script that calls this has run to its end, and its page is there.
    document.addEventListener("DOMContentLoaded", () => startNow(name, setUp));
  }

  function startNow(name, setUp) {
    for (const root of document.querySelectorAll(`.widget[data-widget="${name}"]:not([data-awake])`)) {
      root.dataset.awake = "yes"; // a page with two of a kind loads the script twice
      const form = root.querySelector("form");
      const result = root.querySelector(".widget-result");
      const out = root.querySelector(".widget-out");
      const field = (name) => form.elements.namedItem(name);

      const update = () => {
        for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
        try {
          const shown = compute();
          result.textContent = shown.result;
          out.replaceChildren(...shown.tables);
          root.classList.remove("widget-refused");
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          // The tables of other numbers would only mislead.
          result.textContent = error.message;
          out.replaceChildren();
          root.classList.add("widget-refused");
          error.field?.setAttribute("aria-invalid", "true");
        }
      };
      const compute = setUp({ root, form, field, update });
      form.addEventListener("input", update);
      // To mdBook, arrow keys on a button mean the next chapter, and letters a search. Not in here.
      form.addEventListener("keydown", (event) => event.stopPropagation());
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("reset", () => setTimeout(update)); // the fields change after the event
      for (const live of root.querySelectorAll("[hidden]")) live.hidden = false;
      root.querySelector(".widget-static").remove();
      update();
    }
  }

  /** The whole number in a field, as a BigInt. */
  function wholeNumber(input, what, least, most) {
    const text = input.value.trim();
    const range = `a whole number from ${least} to ${most}`;
    if (text === "") throw new Refusal(`${what} is missing: write ${range}.`, input);
    if (!/^[0-9]+$/.test(text)) throw new Refusal(`${what} is not a number in digits 0 to 9: write ${range}.`, input);
    const digits = text.replace(/^0+(?=.)/, "");
    // A number of a million digits is refused by its length, before it is computed with.
    const number = digits.length > String(most).length ? null : BigInt(digits);
    if (number === null || number < BigInt(least) || number > BigInt(most)) {
      const shown = digits.length > 30 ? `${digits.slice(0, 12)}… (${digits.length} digits)` : digits;
      throw new Refusal(`${what} is ${shown}, which is out of range: write ${range}.`, input);
    }
    return number;
  }

  /** The bytes of the text in a field (UTF-8). */
  function textBytes(input, what, least, most) {
    const bytes = new TextEncoder().encode(input.value);
    if (bytes.length < least) throw new Refusal(`${what} is empty: write something.`, input);
    if (bytes.length > most) {
      throw new Refusal(`${what} has ${bytes.length} bytes: write at most ${most}.`, input);
    }
    return bytes;
  }

  /** base^exponent mod modulus by square-and-multiply, from the exponent's highest bit on. */
  function power(base, exponent, modulus) {
    let result = 1n % modulus;
    for (const bit of exponent.toString(2)) {
      result = (result * result) % modulus;
      if (bit === "1") result = (result * base) % modulus;
    }
    return result;
  }

  /** An element with these attributes and children; a child that is no element becomes text. */
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
    made.append(...children.flat().map((child) => (child instanceof Node ? child : String(child))));
    return made;
  }

  /** A table; the first cell of each row is its header. A cell is a text, an element, or a list of both. */
  function table(caption, head, rows) {
    const row = (cells) =>
      element("tr", null, cells.map((cell, n) => element(n === 0 ? "th" : "td", n === 0 ? { scope: "row" } : null, cell)));
    const heads = head.map((cell) => (cell === "" ? element("td", null) : element("th", { scope: "col" }, cell)));
    return element(
      "table",
      { class: "widget-table" },
      element("caption", null, caption),
      element("thead", null, element("tr", null, heads)),
      element("tbody", null, rows.map(row)),
    );
  }

  /** Bytes, or a number of the program, in a fixed-width font. */
  const code = (...children) => element("code", null, ...children);

  const hexByte = (byte) => byte.toString(16).padStart(2, "0");

  /** Bytes as pairs of hexadecimal digits with spaces between them. */
  const hex = (bytes) => Array.from(bytes, hexByte).join(" ");

  /** The bytes of hexadecimal digits, spaces or not. */
  const fromHex = (text) => Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16));

  /** Bytes as a text in quotes; what is no text becomes the replacement character, as in our programs. */
  const quoted = (bytes) => JSON.stringify(new TextDecoder().decode(bytes));

  /** Bytes as a row of single characters; what cannot be printed is a dot. */
  const characters = (bytes) =>
    Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");

  const concat = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

  const xor = (a, b) => Uint8Array.from({ length: Math.min(a.length, b.length) }, (_, n) => a[n] ^ b[n]);

  /** `1 byte`, `2 bytes`. */
  const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

  globalThis.widgets = {
    Refusal, start, wholeNumber, textBytes, power, element, table, code,
    hexByte, hex, fromHex, quoted, characters, concat, xor, count,
  };
})();
