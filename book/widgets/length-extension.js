// MD5(secret ‖ message) can be extended by somebody who does not know the secret; HMAC-MD5 cannot.
(() => {
  "use strict";
  const { start, textBytes, wholeNumber, table, code, hex, characters, concat, count } = widgets;

  start("length-extension", ({ field }) => () => {
    const secret = textBytes(field("secret"), "The secret", 1, MOST_SECRET);
    const message = textBytes(field("message"), "The message", 0, 200);
    const addition = textBytes(field("addition"), "The addition", 1, 200);
    const guess = Number(wholeNumber(field("guess"), "The guessed length", 1, MOST_SECRET));

    // The server's side: what travels is the message with its digest, or with its HMAC.
    const digest = md5(concat(secret, message));
    const mac = hmac(secret, message);

    // The attacker's side: from here on the secret is not used.
    const filling = padding(guess + message.length);
    const forged = concat(message, filling, addition);
    const hashed = guess + message.length + filling.length;
    const forgedDigest = extend(digest, hashed, addition);
    const forgedMac = extend(mac, hashed, addition);

    // The server again: what it computes over the forged message.
    const expected = md5(concat(secret, forged));
    const expectedMac = hmac(secret, forged);
    const falls = hex(expected) === hex(forgedDigest);
    const macFalls = hex(expectedMac) === hex(forgedMac);
    const verdict = (yes) => (yes ? "accepts it" : "refuses it");
    return {
      result: `The server ${verdict(falls)} under MD5(secret ‖ message)${falls ? ": a message that nobody with the secret has written" : `: the guessed length ${guess} is wrong; an attacker tries them all`}. Under HMAC-MD5 it ${verdict(macFalls)}.`,
      tables: [
        table("What everybody sees on the wire", ["", "Value"], [
          ["message", code(characters(message))],
          ["MD5(secret ‖ message)", code(hex(digest))],
          ["HMAC-MD5(secret, message)", code(hex(mac))],
        ]),
        table("What the attacker makes of it, without the secret", ["", "Value"], [
          [`padding of MD5 behind ${count(guess + message.length, "byte")}`, code(hex(filling))],
          ["forged message = message ‖ padding ‖ addition", code(characters(forged))],
          ["forged digest: MD5 goes on from the old one", code(hex(forgedDigest))],
          ["the same, from the HMAC", code(hex(forgedMac))],
        ]),
        table("What the server says to the forged message", ["It computes", "Value", "So it"], [
          ["MD5(secret ‖ forged message)", code(hex(expected)), verdict(falls)],
          ["HMAC-MD5(secret, forged message)", code(hex(expectedMac)), verdict(macFalls)],
        ]),
      ],
    };
  });

  /** The longest secret in bytes; an attacker would try all these lengths. */
  const MOST_SECRET = 64;

  // MD5 (RFC 1321).
  const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
  const SINES = Uint32Array.from({ length: 64 }, (_, n) => Math.abs(Math.sin(n + 1)) * 2 ** 32);
  const FIRST = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

  function md5(bytes) {
    return stateBytes(hashBlocks(FIRST, concat(bytes, padding(bytes.length))));
  }

  /** HMAC (RFC 2104): two hashes, so that the digest which travels is not the state to go on from. */
  function hmac(key, message) {
    const block = new Uint8Array(64);
    block.set(key.length > 64 ? md5(key) : key);
    const inner = md5(concat(block.map((byte) => byte ^ 0x36), message));
    return md5(concat(block.map((byte) => byte ^ 0x5c), inner));
  }

  /** The attack: the digest *is* the state of MD5 after `hashed` bytes, so hashing can go on from it. */
  function extend(digest, hashed, addition) {
    const view = new DataView(digest.buffer, digest.byteOffset);
    const state = Uint32Array.from({ length: 4 }, (_, n) => view.getUint32(4 * n, true));
    return stateBytes(hashBlocks(state, concat(addition, padding(hashed + addition.length))));
  }

  /** What MD5 appends to so many bytes: one bit, zeros, and the number of bits in eight bytes. */
  function padding(length) {
    const bytes = new Uint8Array(1 + ((119 - (length % 64)) % 64) + 8);
    bytes[0] = 0x80;
    new DataView(bytes.buffer).setUint32(bytes.length - 8, length * 8, true);
    return bytes;
  }

  function hashBlocks(start, bytes) {
    let state = start;
    for (let at = 0; at < bytes.length; at += 64) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, 64);
      let [a, b, c, d] = state;
      for (let n = 0; n < 64; n += 1) {
        const round = n >> 4;
        const [mixed, word] = [
          [(b & c) | (~b & d), n],
          [(d & b) | (~d & c), 5 * n + 1],
          [b ^ c ^ d, 3 * n + 5],
          [c ^ (b | ~d), 7 * n],
        ][round];
        const sum = (a + mixed + SINES[n] + view.getUint32(4 * (word % 16), true)) | 0;
        const shift = SHIFTS[round][n % 4];
        [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
      }
      state = Uint32Array.of(state[0] + a, state[1] + b, state[2] + c, state[3] + d);
    }
    return state;
  }

  function stateBytes(state) {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    state.forEach((word, n) => view.setUint32(4 * n, word, true));
    return bytes;
  }

  Object.assign(widgets, { md5, hmac });
})();
