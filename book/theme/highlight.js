// The colours of code. mdBook's own highlighter knows 190 languages in 138 kB; this one knows those of the book, and
// has what mdBook's script asks of it: `configure` and `highlightBlock`.
const hljs = (() => {
  "use strict";

  const words = (text) => new Set(text.split(" "));
  const rust = {
    keywords: words(
      "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
    ),
    // In order: the first that fits at a place wins.
    tokens: [
      ["comment", /\/\/.*|\/\*[^]*?\*\//],
      ["string", /b?r(#*)"[^]*?"\1|b?"(?:\\[^]|[^"\\])*"|b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]+\}|.)|[^'\\\n])'/],
      ["meta", /#!?\[[^\]\n]*\]/],
      ["symbol", /'[a-z_]\w*/],
      ["number", /\b(?:0x[0-9a-fA-F_]+|0b[01_]+|\d[\d_]*(?:\.\d[\d_]*)?)(?:[iu](?:8|16|32|64|128|size)|f32|f64)?\b/],
      ["built_in", /\b[a-z_]\w*!(?=[ ([{])/],
      ["title", /\b[a-z_]\w*(?=\s*(?:::<[^>()]*>)?\()/],
      ["type", /\b(?:[A-Z]\w*|[iu](?:8|16|32|64|128|size)|bool|char|str)\b/],
      ["word", /\b[A-Za-z_]\w*\b/],
    ],
  };
  const hash = {
    keywords: words("true false null None True False def class return import from if else for in with as while not and or"),
    tokens: [
      ["comment", /#.*/],
      ["string", /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/],
      ["number", /\b\d[\d_.]*\b/],
      ["word", /\b[A-Za-z_]\w*\b/],
    ],
  };
  const json = { keywords: words("true false null"), tokens: hash.tokens.slice(1) };
  const languages = { rust, rs: rust, json, toml: hash, python: hash, py: hash };

  /** The text's tokens as `[kind, text]`; kind is undefined for what has no colour. */
  function tokens(language, text) {
    const any = new RegExp(
      language.tokens.map(([, pattern], n) => `(?<t${n}>${pattern.source.replace("\\1", `\\k<hash${n}>`).replace("r(#*)", `r(?<hash${n}>#*)`)})`).join("|"),
      "g",
    );
    const found = [];
    let end = 0;
    for (const match of text.matchAll(any)) {
      if (match[0] === "") continue;
      if (match.index > end) found.push([undefined, text.slice(end, match.index)]);
      let kind = language.tokens.find((_, n) => match.groups[`t${n}`] !== undefined)[0];
      if (language.keywords.has(match[0])) kind = "keyword";
      found.push([kind === "word" ? undefined : kind, match[0]]);
      end = match.index + match[0].length;
    }
    if (end < text.length) found.push([undefined, text.slice(end)]);
    return found;
  }

  function highlightBlock(block) {
    if (block.parentElement.tagName !== "PRE" || block.classList.contains("nohighlight")) return;
    const name = [...block.classList].find((name) => name.startsWith("language-"))?.slice("language-".length);
    const language = languages[name];
    if (!language) return;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      const parts = tokens(language, text.data).map(([kind, part]) => {
        if (!kind) return part;
        const span = document.createElement("span");
        span.className = `hljs-${kind}`;
        span.textContent = part;
        return span;
      });
      text.replaceWith(...parts);
    }
  }

  return { configure() {}, highlightBlock };
})();
