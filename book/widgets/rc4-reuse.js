// Two texts under one keystream: their XOR has no key in it, and a word that one guesses reads the other text.
(() => {
  "use strict";
  const { start, textBytes, table, code, element, hex, characters, xor } = widgets;

  /** The longest text in bytes: the table of places then still fits on a page. */
  const MOST = 64;

  start("rc4-reuse", ({ field }) => () => {
    const key = textBytes(field("key"), "The key", 1, 256);
    const one = textBytes(field("one"), "The first text", 1, MOST);
    const two = textBytes(field("two"), "The second text", 1, MOST);
    const crib = textBytes(field("crib"), "The guessed word", 1, MOST);
    const stream = rc4(key, Math.max(one.length, two.length));
    const [sealedOne, sealedTwo] = [xor(one, stream), xor(two, stream)];
    const both = xor(sealedOne, sealedTwo);
    const place = keepInside(field("place"), both.length - crib.length);
    const gives = (at) => xor(both.subarray(at, at + crib.length), crib);
    const places = Array.from({ length: Math.max(0, both.length - crib.length + 1) }, (_, at) => at);
    const readable = places.filter((at) => isReadable(gives(at)));
    return {
      result: sentence(crib, places, readable, place, gives),
      tables: [
        table("What the two sides do", ["", "Bytes", "As text"], [
          ["keystream", code(hex(stream)), ""],
          ["first text", code(hex(one)), characters(one)],
          ["first ciphertext = text xor keystream", code(hex(sealedOne)), ""],
          ["second text", code(hex(two)), characters(two)],
          ["second ciphertext", code(hex(sealedTwo)), ""],
          ["first text xor second text", code(hex(xor(one, two))), ""],
        ]),
        table("What the eavesdropper does, without the key", ["", "Bytes", "As text"], [
          ["first ciphertext xor second: the same, for the keystream falls out", code(hex(both)), ""],
          ...(places.length === 0 ? [] : guess(both, crib, place, gives(place))),
        ]),
        table("The word at every place", ["Place", "The other text would say", "Readable"], places.map((at) => [
          at === place ? element("b", null, `${at} (chosen)`) : at,
          code(characters(gives(at))),
          isReadable(gives(at)) ? "yes" : "no",
        ])),
      ],
    };
  });

  /** The keystream of RC4 for this key, as many bytes as asked for. */
  function rc4(key, length) {
    const state = Uint8Array.from({ length: 256 }, (_, n) => n);
    const swap = (i, j) => ([state[i], state[j]] = [state[j], state[i]]);
    for (let i = 0, j = 0; i < 256; i += 1) {
      j = (j + state[i] + key[i % key.length]) & 255;
      swap(i, j);
    }
    let [i, j] = [0, 0];
    return Uint8Array.from({ length }, () => {
      i = (i + 1) & 255;
      j = (j + state[i]) & 255;
      swap(i, j);
      return state[(state[i] + state[j]) & 255];
    });
  }

  /** The slider reaches as far as the word fits. */
  function keepInside(slider, last) {
    slider.max = Math.max(0, last);
    slider.setAttribute("aria-valuetext", `place ${slider.value}`);
    return Number(slider.value);
  }

  function guess(both, crib, place, other) {
    const end = place + crib.length;
    return [
      [`the XOR, places ${place} to ${end - 1}`, code(hex(both.subarray(place, end))), ""],
      ["the guessed word", code(hex(crib)), characters(crib)],
      ["xor: the other text", code(hex(other)), characters(other)],
    ];
  }

  function sentence(crib, places, readable, place, gives) {
    if (places.length === 0) return "The guessed word is longer than the shorter text: it fits nowhere. Write a shorter one.";
    const here = `If one text has “${characters(crib)}” at place ${place}, the other one has “${characters(gives(place))}” there.`;
    if (readable.length === 0) return `${here} At no place does the other text become readable: guess another word.`;
    return `${here} Readable at ${readable.length === 1 ? "place" : "places"} ${readable.join(", ")} of 0 to ${places.at(-1)}.`;
  }

  /** Letters, digits, spaces and common marks only. */
  const isReadable = (bytes) => bytes.every((byte) => /[A-Za-z0-9 .,:;!?'-]/.test(String.fromCharCode(byte)));

  widgets.rc4 = rc4;
})();
