// AES-CBC: one flipped bit of the ciphertext destroys its own block and flips the same bit of the next one.
(() => {
  "use strict";
  const { start, textBytes, element, table, code, hexByte, hex, characters, concat, xor, fromHex, count } = widgets;

  const BLOCK = 16;
  const MOST_BLOCKS = 3;
  const KEY = Uint8Array.from({ length: 32 }, (_, n) => n);
  const IV = Uint8Array.from({ length: BLOCK }, (_, n) => 0xa0 + n);

  start("cbc-flip", ({ root, field, update }) => {
    const grid = root.querySelector(".widget-bytes");
    const bits = root.querySelector(".widget-bits");
    let flips = null; // what is XORed onto IV and ciphertext on their way
    let chosen = 0; // the byte whose bits the buttons flip
    let atStart = true;

    const flip = (bit) => {
      flips[chosen] ^= 1 << bit;
      update();
    };
    for (let bit = 7; bit >= 0; bit -= 1) {
      const button = element("button", { type: "button", "data-bit": bit }, bit);
      button.addEventListener("click", () => flip(bit));
      bits.append(button);
    }
    const choose = (place) => {
      chosen = Math.max(0, Math.min(flips.length - 1, place));
      update();
      grid.querySelector(`[data-place="${chosen}"]`).focus();
    };
    grid.addEventListener("click", (event) => {
      const place = event.target.closest("[data-place]")?.dataset.place;
      if (place !== undefined) choose(Number(place));
    });
    grid.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -BLOCK, ArrowDown: BLOCK }[event.key];
      const place = { Home: 0, End: flips.length - 1 }[event.key] ?? chosen + (step ?? 0);
      if (step !== undefined || event.key === "Home" || event.key === "End") {
        if (place >= 0 && place < flips.length) choose(place);
      } else if (/^[0-7]$/.test(event.key)) {
        flip(Number(event.key));
      } else {
        return;
      }
      event.preventDefault();
    });
    root.querySelector(".widget-undo").addEventListener("click", () => {
      flips = null;
      update();
    });

    return () => {
      const text = pad(textBytes(field("text"), "The text", 1, BLOCK * MOST_BLOCKS));
      if (flips?.length !== BLOCK + text.length) {
        // At the start one bit is flipped already; after "undo", or for another length, none.
        flips = new Uint8Array(BLOCK + text.length);
        chosen = BLOCK + 4;
        if (atStart) flips[chosen] = 1;
        atStart = false;
      }
      const sent = concat(IV, encrypt(KEY, IV, text));
      const received = xor(sent, flips);
      const opened = decrypt(KEY, received.subarray(0, BLOCK), received.subarray(BLOCK));
      drawBytes(grid, received, flips, chosen);
      drawBits(bits, received[chosen], flips[chosen], name(chosen));
      return { result: sentence(flips, text, opened), tables: [wire(sent, received, flips), texts(text, opened)] };
    };
  });

  /** Block and byte of a place, for people: the IV, then C1, C2 … */
  const blockName = (block) => (block === 0 ? "IV" : `C${block}`);
  const name = (place) => `${blockName(Math.floor(place / BLOCK))}, byte ${place % BLOCK}`;

  function drawBytes(grid, received, flips, chosen) {
    while (grid.children.length > received.length / BLOCK) grid.lastChild.remove();
    for (let block = grid.children.length; block < received.length / BLOCK; block += 1) {
      const buttons = Array.from({ length: BLOCK }, (_, n) => element("button", { type: "button", "data-place": block * BLOCK + n }));
      grid.append(element("div", { role: "group", "aria-label": blockName(block) }, element("span", { "aria-hidden": "true" }, blockName(block)), element("div", null, buttons)));
    }
    for (const button of grid.querySelectorAll("button")) {
      const place = Number(button.dataset.place);
      button.textContent = hexByte(received[place]);
      button.setAttribute("aria-label", `${name(place)}: ${hexByte(received[place])}${flips[place] ? ", changed" : ""}`);
      button.setAttribute("aria-pressed", place === chosen);
      button.classList.toggle("widget-changed", flips[place] !== 0);
      button.tabIndex = place === chosen ? 0 : -1; // one stop for Tab; arrow keys do the rest
    }
  }

  function drawBits(bits, byte, flipped, where) {
    bits.querySelector("span").textContent = `Bits of ${where}:`;
    for (const button of bits.querySelectorAll("button")) {
      const bit = Number(button.dataset.bit);
      const changed = (flipped >> bit) & 1;
      button.textContent = `${(byte >> bit) & 1}`;
      button.setAttribute("aria-label", `bit ${bit} of ${where}: ${(byte >> bit) & 1}`);
      button.setAttribute("aria-pressed", changed === 1);
      button.classList.toggle("widget-changed", changed === 1);
    }
  }

  function sentence(flips, text, opened) {
    const flipped = ones(flips);
    if (flipped === 0) return "No bit is flipped: the receiver reads what was sent.";
    const damage = blocks(text).map((block, n) => ones(xor(block, blocks(opened)[n])));
    const destroyed = damage.flatMap((_, n) => (ones(blocks(flips)[n + 1]) > 0 ? [n + 1] : []));
    const exact = damage.flatMap((_, n) => (ones(blocks(flips)[n]) > 0 && ones(blocks(flips)[n + 1]) === 0 ? [n + 1] : []));
    const list = (found) => `${found.length === 1 ? "block" : "blocks"} ${found.join(" and ")}`;
    const parts = [];
    if (destroyed.length > 0) parts.push(`${list(destroyed)} of the text ${destroyed.length === 1 ? "is" : "are"} destroyed (${destroyed.map((n) => damage[n - 1]).join(" and ")} of 128 bits differ)`);
    if (exact.length > 0) parts.push(`in ${list(exact)} just the bits change that the attacker chose`);
    return `${count(flipped, "bit")} ${flipped === 1 ? "is" : "are"} flipped: ${parts.join("; ")}. The text now reads “${characters(opened)}”.`;
  }

  function wire(sent, received, flips) {
    const marked = (bytes, n) => Array.from(bytes, (byte, i) => [blocks(flips)[n][i] ? element("mark", null, hexByte(byte)) : hexByte(byte), " "]).flat();
    return table("On the wire: AES-256-CBC", ["", "Sent", "Received"], blocks(sent).map((block, n) => [
      blockName(n), code(hex(block)), code(...marked(blocks(received)[n], n)),
    ]));
  }

  function texts(text, opened) {
    return table("The text, block by block", ["", "Sent", "Received", "Bits changed"], blocks(text).map((block, n) => {
      const got = blocks(opened)[n];
      const shown = Array.from(got, (byte, i) => (byte === block[i] ? characters([byte]) : element("mark", null, characters([byte]))));
      return [`Block ${n + 1}`, code(characters(block)), code(...shown), changedBits(xor(block, got))];
    }));
  }

  /** Which bits differ, by name while they are few. */
  function changedBits(difference) {
    const found = [];
    difference.forEach((byte, n) => {
      for (let bit = 7; bit >= 0; bit -= 1) if ((byte >> bit) & 1) found.push(`bit ${bit} of byte ${n}`);
    });
    if (found.length === 0) return "none";
    return found.length <= 8 ? found.join(", ") : `${found.length} of 128: destroyed`;
  }

  const blocks = (bytes) => Array.from({ length: bytes.length / BLOCK }, (_, n) => bytes.subarray(n * BLOCK, (n + 1) * BLOCK));

  const ones = (bytes) => bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);

  /** Zeros up to a whole block, as in stage 6. */
  function pad(bytes) {
    const padded = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
    padded.set(bytes);
    return padded;
  }

  function encrypt(key, iv, text) {
    const round = expand(key);
    let before = iv;
    return concat(...blocks(text).map((block) => (before = encryptBlock(round, xor(block, before)))));
  }

  /** CBC in one line: the text of a block is D(block) xor the block before it. */
  function decrypt(key, iv, body) {
    const round = expand(key);
    return concat(...blocks(body).map((block, n) => xor(decryptBlock(round, block), n === 0 ? iv : blocks(body)[n - 1])));
  }

  // AES-256 (FIPS 197). Bytes of the state lie column by column, as they arrive.
  const double = (byte) => ((byte << 1) ^ (byte & 0x80 ? 0x1b : 0)) & 0xff;

  function times(a, b) {
    let product = 0;
    for (; b > 0; b >>= 1, a = double(a)) if (b & 1) product ^= a;
    return product;
  }

  const [SBOX, INVERSE] = sBoxes();

  /** The substitution: the inverse in GF(2^8), then an affine map. */
  function sBoxes() {
    const [box, inverse] = [new Uint8Array(256), new Uint8Array(256)];
    for (let n = 0; n < 256; n += 1) {
      let i = n === 0 ? 0 : 1;
      while (n !== 0 && times(n, i) !== 1) i += 1;
      let mapped = 0x63;
      for (let turn = 0; turn < 5; turn += 1) mapped ^= ((i << turn) | (i >> (8 - turn))) & 0xff;
      box[n] = mapped;
      inverse[mapped] = n;
    }
    return [box, inverse];
  }

  /** The 15 round keys of a 32-byte key. */
  function expand(key) {
    const words = Array.from({ length: 8 }, (_, n) => key.slice(4 * n, 4 * n + 4));
    for (let n = 8, constant = 1; n < 60; n += 1) {
      let word = words[n - 1];
      if (n % 8 === 0) {
        word = Uint8Array.of(word[1], word[2], word[3], word[0]).map((byte) => SBOX[byte]);
        word[0] ^= constant;
        constant = double(constant);
      } else if (n % 8 === 4) {
        word = word.map((byte) => SBOX[byte]);
      }
      words.push(xor(words[n - 8], word));
    }
    return Array.from({ length: 15 }, (_, n) => concat(...words.slice(4 * n, 4 * n + 4)));
  }

  const shiftRows = (state, by) => state.map((_, n) => state[(n + by * 4 * (n % 4) + 4 * BLOCK) % BLOCK]);

  const mixColumns = (state, row) =>
    state.map((_, n) => [0, 1, 2, 3].reduce((sum, i) => sum ^ times(state[n - (n % 4) + i], row[(i - (n % 4) + 4) % 4]), 0));

  function encryptBlock(round, block) {
    let state = xor(block, round[0]);
    for (let n = 1; n <= 14; n += 1) {
      state = shiftRows(state.map((byte) => SBOX[byte]), 1);
      if (n < 14) state = mixColumns(state, [2, 3, 1, 1]);
      state = xor(state, round[n]);
    }
    return state;
  }

  function decryptBlock(round, block) {
    let state = block;
    for (let n = 14; n >= 1; n -= 1) {
      state = xor(state, round[n]);
      if (n < 14) state = mixColumns(state, [14, 11, 13, 9]);
      state = shiftRows(state, -1).map((byte) => INVERSE[byte]);
    }
    return xor(state, round[0]);
  }

  Object.assign(widgets, { encrypt, decrypt, fromHex });
})();
