// The primality test of Miller and Rabin, squaring by squaring, with the bases that it fools.
(() => {
  "use strict";
  const { Refusal, start, wholeNumber, power, element, table } = widgets;

  /**
   * Below this number the first 13 primes as bases decide for certain (Sorenson and Webster, 2015), so that
   * we can say whether the test was right.
   */
  const MOST = 3_317_044_064_679_887_385_961_980n;
  const SURE = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];

  /** Up to this n all bases are tried and counted. */
  const COUNTED = 10_000n;

  start("miller-rabin", ({ field }) => () => {
    const n = wholeNumber(field("n"), "n", 5, MOST);
    if (n % 2n === 0n) {
      throw new Refusal(`n = ${n} is even, so 2 divides it: no test is needed. Take an odd number.`, field("n"));
    }
    const base = wholeNumber(field("base"), "The base", 2, n - 2n);
    const run = millerRabin(n, base);
    const prime = isPrime(n);
    return {
      result: `${n} ${run.passes ? "passes: probably prime" : "fails: certainly not prime"}. In truth it is ${truth(n, prime)}.${lesson(n, base, run, prime)}`,
      tables: [squarings(n, base, run), ...(n <= COUNTED ? [liars(n)] : [])],
    };
  });

  /** For certain: see MOST. */
  const isPrime = (n) => SURE.every((sure) => sure % n === 0n || millerRabin(n, sure).passes);

  /** n − 1 = 2^s · d with d odd; the values base^d, base^2d … up to base^(n−1); and what the test says. */
  function millerRabin(n, base) {
    let [s, d] = [0, n - 1n];
    while (d % 2n === 0n) [s, d] = [s + 1, d / 2n];
    const values = [power(base, d, n)];
    for (let i = 0; i < s; i += 1) values.push((values[i] * values[i]) % n);
    const passes = values[0] === 1n || values.slice(0, s).includes(n - 1n);
    return { s, d, values, passes };
  }

  function squarings(n, base, { s, d, values, passes }) {
    const shown = (value) => (value === n - 1n ? `${value} = −1` : `${value}`);
    const rows = values.map((value, i) => {
      const exponent = d << BigInt(i);
      const name = element("span", { class: "widget-long" }, base, element("sup", null, exponent));
      const how = i === 0 ? "d, the odd part" : `the square of ${values[i - 1]}`;
      return [name, shown(value), how, meaning(n, values, i, s)];
    });
    return table(
      `n − 1 = ${n - 1n} = 2^${s} · ${d}; powers of ${base} modulo ${n}: ${passes ? "passes" : "fails"}`,
      ["Power", "Value", "It is", "So"],
      rows,
    );
  }

  function meaning(n, values, i, s) {
    const [value, before] = [values[i], values[i - 1]];
    if (i === 0 && value === 1n) return "1 at once: passes";
    if (i < s && value === n - 1n) return "−1: passes";
    if (values.slice(0, i).some((earlier) => earlier === 1n || earlier === n - 1n)) return "1 stays";
    if (value === 1n) {
      const factor = gcd(before - 1n, n);
      return `1, but ${before} is neither 1 nor −1: a third root of 1. n is not prime: ${factor} divides it`;
    }
    if (i === s) return `not 1: n is not prime. Fermat's test says so, too`;
    return "neither 1 nor −1: go on";
  }

  function truth(n, prime) {
    if (prime) return "prime";
    const factors = [];
    let rest = n;
    for (let d = 3n; d < 100_000n && d * d <= rest; d += 2n) {
      while (rest % d === 0n) [rest, factors[factors.length]] = [rest / d, d];
    }
    if (factors.length === 0) return "not prime, with no factor below 100000";
    if (rest > 1n) factors.push(isPrime(rest) ? rest : `${rest}, which is not prime either`);
    return `not prime: ${factors.join(" × ")}`;
  }

  function lesson(n, base, { values }, prime) {
    const passes = values[0] === 1n || values.slice(0, -1).includes(n - 1n);
    const fermat = values.at(-1) === 1n;
    if (prime) return "";
    if (passes) return ` So ${base} is a strong liar for ${n}: take another base.`;
    return fermat ? ` Fermat's test with this base would have said prime.` : "";
  }

  /** Of all bases from 2 to n − 2, how many say prime. */
  function liars(n) {
    let [strong, fermat] = [0, 0];
    for (let base = 2n; base <= n - 2n; base += 1n) {
      const { values, passes } = millerRabin(n, base);
      strong += passes ? 1 : 0;
      fermat += values.at(-1) === 1n ? 1 : 0;
    }
    const bases = Number(n) - 3;
    const share = (found) => `${found} of ${bases} (${((100 * found) / bases).toFixed(1)} %)`;
    return table(`All bases from 2 to ${n - 2n}`, ["Test", "Bases that say prime"], [
      ["Fermat", share(fermat)],
      ["Miller–Rabin", share(strong)],
    ]);
  }

  function gcd(a, b) {
    while (b !== 0n) [a, b] = [b, a % b];
    return a;
  }
})();
