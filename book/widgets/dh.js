// Diffie-Hellman with small numbers: both sides' steps, and what an eavesdropper can do with what he hears.
(() => {
  "use strict";
  const { Refusal, start, wholeNumber, power, element, table, count } = widgets;

  /** The largest p: a list of so many powers is made in an instant. */
  const MOST = 1_000_000n;

  start("dh", ({ field }) => () => {
    const p = wholeNumber(field("p"), "p", 5, MOST);
    const factor = smallestFactor(p);
    if (factor !== p) {
      throw new Refusal(`p = ${p} is not a prime: it is ${factor} × ${p / factor}. Take ${nearPrimes(p)}.`, field("p"));
    }
    const g = wholeNumber(field("g"), "g", 2, p - 2n);
    const a = wholeNumber(field("a"), "a", 1, p - 2n);
    const b = wholeNumber(field("b"), "b", 1, p - 2n);
    const A = power(g, a, p);
    const B = power(g, b, p);
    const shared = power(B, a, p);
    const found = search(p, g, A);
    const refused = [A, B].find((value) => value < 2n || value > p - 2n);
    const warning = refused === undefined ? "" : ` A program of stage 5 would refuse the public value ${refused}: the public value is not between 2 and p - 2: its powers would be no secret.`;
    return {
      result: `Both sides have ${shared}. The eavesdropper needed ${count(found.tries, "try", "tries")} to have it, too.${warning}`,
      tables: [sides(p, g, a, b, A, B, shared), steps(p, g, a), eavesdropper(p, g, A, B, found)],
    };
  });

  function sides(p, g, a, b, A, B, shared) {
    const mod = (base, exponent, value) => [base, element("sup", null, exponent), ` mod ${p} = `, element("b", null, value)];
    return table(`The exchange with p = ${p} and g = ${g}`, ["", "Client", "On the wire", "Server"], [
      ["chooses a secret", `a = ${a}`, "nothing", `b = ${b}`],
      ["sends", mod(g, a, A), `client: ${A}, server: ${B}`, mod(g, b, B)],
      ["computes", mod(B, a, shared), "nothing", mod(A, b, shared)],
    ]);
  }

  /** How one power is made: a squaring for each bit, one multiplication more where it is 1. */
  function steps(p, g, a) {
    const rows = [];
    let value = 1n;
    for (const bit of a.toString(2)) {
      const squared = (value * value) % p;
      const next = bit === "1" ? (squared * g) % p : squared;
      rows.push([bit, `${value} · ${value} = ${squared}`, bit === "1" ? `${squared} · ${g} = ${next}` : "none"]);
      value = next;
    }
    return table(`The client's power step by step, modulo ${p}: a = ${a} is ${a.toString(2)} in binary`, ["Bit", "Square", "Multiply"], rows);
  }

  function eavesdropper(p, g, A, B, found) {
    const power_of = (x) => [g, element("sup", null, x)];
    const rows = [["hears", `p = ${p}, g = ${g}, ${A} and ${B}`]];
    for (const [x, value] of found.list) rows.push([["tries ", ...power_of(x)], `${value}${value === A ? ": this is the client's value" : ""}`]);
    rows.splice(1 + SHOWN, 0, ...(found.tries > SHOWN + 1 ? [["…", `${found.tries - SHOWN - 1} more`]] : []));
    rows.push(["computes", [B, element("sup", null, found.x), ` mod ${p} = `, element("b", null, power(B, found.x, p))]]);
    rows.push(["in all", `${count(found.tries, "try", "tries")}; at most ${found.order}, since g has only ${found.order} different powers`]);
    return table("What the eavesdropper does", ["Step", "Result"], rows);
  }

  /** How many tries the table shows before the last one. */
  const SHOWN = 6;

  /** Tries x = 1, 2, 3 … until g^x is A; also counts how many different powers g has. */
  function search(p, g, A) {
    const [modulus, base, goal] = [p, g, A].map(Number);
    const list = [];
    let x, value = 1, order = 0;
    do {
      value = (value * base) % modulus; // below 10^12: exact
      order += 1;
      if (x === undefined) {
        if (order <= SHOWN || value === goal) list.push([order, BigInt(value)]);
        if (value === goal) x = order;
      }
    } while (value !== 1);
    return { x: BigInt(x), tries: x, order, list };
  }

  function smallestFactor(n) {
    for (let d = 2n; d * d <= n; d += 1n) if (n % d === 0n) return d;
    return n;
  }

  /** The primes next to n, as a text. */
  function nearPrimes(n) {
    const next = (step) => {
      let m = n + step;
      while (m >= 5n && m <= MOST && smallestFactor(m) !== m) m += step;
      return m >= 5n && m <= MOST ? m : null;
    };
    return [next(-1n), next(1n)].filter((found) => found !== null).join(" or ");
  }
})();
