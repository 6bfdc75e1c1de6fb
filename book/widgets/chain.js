// A chain of certificates with links that can be broken, and what the checker of stage 7 says: the same checks,
// in the same order, in the same words.
(() => {
  "use strict";
  const { start, table } = widgets;

  /** The moment of the check, and what an expired certificate shows. */
  const NOW = "2026-01-01T00:00:00Z";
  const ENDED = "2025-12-31T23:00:00Z";
  const CALLED = "chat.example";

  start("chain", ({ field }) => () => {
    const broken = (name) => field(name).checked;
    const chain = {
      leaf: { who: '"chat.example"', expired: broken("leaf-expired"), names: broken("leaf-name") ? ["bank.example"] : [CALLED], forClients: broken("leaf-client"), forged: broken("leaf-signature") },
      ca: { who: '"Class CA"', expired: broken("ca-expired"), isCa: !broken("ca-flag"), forged: broken("ca-signature") },
      root: { who: '"Root"', expired: broken("root-expired"), pinned: !broken("root-own"), below: broken("root-path") ? 0 : 1 },
    };
    const { passed, error } = check(chain);
    return {
      result: error ? `Refused: ${error}` : `Accepted: the key of ${chain.leaf.who} belongs to ${CALLED}.`,
      tables: [certificates(chain), checks(passed, error)],
    };
  });

  /** The checks of `verify_chain` of stage 7; the first one that fails is the error. */
  function check({ leaf, ca, root }) {
    const passed = [];
    const failed = (error) => ({ passed, error });
    if (!root.pinned) return failed("the chain ends in another CA than the pinned one: SHA-256 … was expected, … came");
    passed.push("the chain ends in the pinned CA");

    for (const { who, expired } of [leaf, ca, root]) {
      if (expired) return failed(`the certificate of ${who} was valid until ${ENDED}; now it is ${NOW}`);
    }
    passed.push("all 3 have version 3, a serial number, sha256WithRSAEncryption");
    passed.push("all 3 are within their time, and no critical extension is unknown");

    if (!ca.isCa) return failed(`${ca.who} has signed a certificate, but is no CA (basicConstraints does not say so)`);
    if (leaf.forged) return failed(signature(leaf, ca));
    passed.push(`${ca.who}, a CA that may, has signed ${leaf.who}; the path is short enough`);
    if (root.below < 1) return failed(`the CA ${root.who} allows ${root.below} CAs below itself, but the chain has 1`);
    if (ca.forged) return failed(signature(ca, root));
    passed.push(`${root.who}, a CA that may, has signed ${ca.who}; the path is short enough`);

    if (leaf.forClients) {
      return failed(`the certificate of ${leaf.who} is not for this purpose: extendedKeyUsage serverAuth was expected, it has clientAuth`);
    }
    if (!leaf.names.includes(CALLED)) return failed(`the certificate is for ${leaf.names.join(", ")}, but ${CALLED} was called`);
    passed.push(`it is for the server ${CALLED} and may sign`);
    return { passed, error: null };
  }

  const signature = (certificate, issuer) =>
    `the signature on the certificate of ${certificate.who} does not verify under the key of ${issuer.who}`;

  function certificates({ leaf, ca, root }) {
    const until = ({ expired }) => (expired ? ENDED : "2049-12-31T23:59:59Z");
    const signer = ({ forged }, issuer) => (forged ? "another key" : `the key of ${issuer.who}`);
    return table("The chain that the server shows", ["", "Leaf", "CA", "Root"], [
      ["subject", leaf.who, ca.who, root.who],
      ["issuer", ca.who, root.who, root.who],
      ["signed with", signer(leaf, ca), signer(ca, root), root.pinned ? "its own key" : "an attacker's own key"],
      ["valid until", until(leaf), until(ca), until(root)],
      ["says that it is", leaf.forClients ? "for clients" : "for servers", ca.isCa ? "a CA with 0 CAs below it" : "no CA", `a CA with ${root.below} below it`],
      ["names", leaf.names.join(", "), "none", "none"],
    ]);
  }

  function checks(passed, error) {
    const rows = passed.map((line, n) => [n + 1, line, "passed"]);
    if (error) rows.push([rows.length + 1, error, "failed: no check comes after it"]);
    return table(`What the checker says, called for ${CALLED} on ${NOW}`, ["Step", "Check", "Result"], rows);
  }
})();
