// The same messages in reads of any size: taken for messages one by one, and through a frame decoder.
(() => {
  "use strict";
  const { Refusal, start, element, table, code, hex, hexByte, quoted, concat, count } = widgets;

  const MOST_MESSAGES = 8;
  const MOST_BYTES = 200;
  /** The longest frame that stage 4 takes, in bytes. */
  const LIMIT = 1 << 20;

  start("frame-slicer", ({ field }) => () => {
    const messages = lines(field("messages"));
    const sizes = readSizes(field("sizes"));
    const order = field("order").value;
    const plain = slice(concat(...messages), sizes);
    const framed = slice(concat(...messages.flatMap((message) => [header(message.length), message])), sizes);
    const decoded = decode(framed, order === "big");
    const right = matches(plain, messages);
    const frames = decoded.reads.flatMap((read) => read.frames);
    return {
      result: `${count(messages.length, "message")} ${messages.length === 1 ? "was" : "were"} sent. Without lengths the reader takes ${count(plain.length, "read")} for messages, ${right} of them right. ${decoded.error ?? `With frames it gets ${count(frames.length, "message")}, all of them right.`}`,
      tables: [naive(plain, messages), decoder(decoded, messages)],
    };
  });

  function naive(reads, messages) {
    const sent = messages.map(quoted);
    return table("Without lengths, as in stages 1 to 3", ["Read", "Bytes", "Taken for the message", "Was it sent?"], reads.map((read, n) => {
      const text = quoted(read);
      return [n + 1, code(hex(read)), text, sent.includes(text) ? "yes" : "no"];
    }));
  }

  function decoder({ reads, error }, messages) {
    const inHeader = headerPlaces(messages);
    let place = 0;
    const rows = reads.map((read, n) => {
      // The bytes of lengths are bold, so that one sees where a frame begins.
      const bytes = Array.from(read.bytes, (byte) => {
        const shown = inHeader.has(place) ? element("b", null, hexByte(byte)) : hexByte(byte);
        place += 1;
        return [shown, " "];
      });
      const waiting = read.waiting === 0 ? "nothing" : count(read.waiting, "byte");
      const out = read.frames.length === 0 ? "none yet" : read.frames.map(quoted).join(", ");
      return [n + 1, code(...bytes.flat()), read.error ?? out, read.error ? "the stream cannot be read on" : waiting];
    });
    return table(`With a length in front, as in stage 4${error ? ": refused" : ""}`, ["Read", "Bytes", "Whole messages", "Waiting"], rows);
  }

  /** Which places of the framed stream are lengths. */
  function headerPlaces(messages) {
    const places = new Set();
    let at = 0;
    for (const message of messages) {
      for (let n = 0; n < 4; n += 1) places.add(at + n);
      at += 4 + message.length;
    }
    return places;
  }

  /** The sender's header: four bytes, big-endian. */
  function header(length) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, length);
    return bytes;
  }

  /** The stream in reads of these sizes, which are used again and again. */
  function slice(stream, sizes) {
    const reads = [];
    for (let at = 0, n = 0; at < stream.length; n += 1) {
      const size = sizes[n % sizes.length];
      reads.push(stream.subarray(at, at + size));
      at += size;
    }
    return reads;
  }

  /** The frame decoder: it keeps what has arrived, and hands out each frame that is whole. */
  function decode(pieces, bigEndian) {
    let stored = new Uint8Array();
    const reads = [];
    for (const bytes of pieces) {
      stored = concat(stored, bytes);
      const frames = [];
      while (stored.length >= 4) {
        const view = new DataView(stored.buffer);
        const length = bigEndian ? view.getUint32(0) : view.getInt32(0, true);
        const error = refusal(length);
        if (error) {
          reads.push({ bytes, frames, waiting: stored.length, error });
          return { reads, error: `The frame decoder says: ${error}` };
        }
        if (stored.length < 4 + length) break;
        frames.push(stored.slice(4, 4 + length));
        stored = stored.slice(4 + length);
      }
      reads.push({ bytes, frames, waiting: stored.length });
    }
    return { reads };
  }

  /** What stage 4 says about a length that breaks the rules. */
  function refusal(length) {
    if (length < 0) return `a frame of ${length} bytes is announced; is the other side in the same byte order?`;
    if (length > LIMIT) {
      return `a frame of ${length} bytes is announced, the limit is ${LIMIT}; is the other side in the same byte order and at the same stage?`;
    }
    return null;
  }

  /** How many reads are a message that was sent, each counted once. */
  function matches(reads, messages) {
    const left = messages.map(quoted);
    return reads.filter((read) => {
      const at = left.indexOf(quoted(read));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    }).length;
  }

  function lines(input) {
    const texts = input.value.replace(/\n$/, "").split("\n");
    if (texts.length === 1 && texts[0] === "") throw new Refusal("There is no message: write one on each line.", input);
    if (texts.length > MOST_MESSAGES) {
      throw new Refusal(`There are ${texts.length} messages: write at most ${MOST_MESSAGES}, one on each line.`, input);
    }
    return texts.map((text, n) => {
      const bytes = new TextEncoder().encode(text);
      if (bytes.length > MOST_BYTES) {
        throw new Refusal(`Message ${n + 1} has ${bytes.length} bytes: write at most ${MOST_BYTES}.`, input);
      }
      return bytes;
    });
  }

  function readSizes(input) {
    const texts = input.value.split(/[\s,]+/).filter((text) => text !== "");
    const right = texts.length > 0 && texts.length <= 20 && texts.every((text) => /^[0-9]{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1024);
    if (!right) {
      throw new Refusal("The sizes of the reads are 1 to 20 whole numbers from 1 to 1024, with spaces between them.", input);
    }
    return texts.map(Number);
  }
})();
