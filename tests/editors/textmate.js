// SPDX-License-Identifier: Apache-2.0
// Whether the words of places.table have their scopes in the TextMate grammar.
// textmate.js ROOT, in a folder with vscode-textmate and vscode-oniguruma.
"use strict";
const fs = require("fs");
const path = require("path");
const root = process.argv[2];
const load = (name) => require(require.resolve(name, { paths: [process.cwd()] }));
const oniguruma = load("vscode-oniguruma");
const textmate = load("vscode-textmate");
const read = (name) => fs.readFileSync(path.join(root, name), "utf8");

async function main() {
  const wasm = path.join(process.cwd(), "node_modules/vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const file = "grammar/editors/vscode/syntaxes/tgc.tmLanguage.json";
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(read(file), file),
  });
  const grammar = await registry.loadGrammar("source.tgc");
  const lines = read("tests/editors/sample.tg").split("\n");
  let stack = textmate.INITIAL;
  const tokens = lines.map((line) => {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    return result.tokens;
  });
  let passed = 0;
  let failed = 0;
  for (const row of read("tests/editors/places.table").split("\n")) {
    if (!row || row.startsWith("#")) continue;
    const [number, word, , wanted] = row.split(" ");
    const column = lines[number - 1].indexOf(word);
    const token = tokens[number - 1].find((t) => t.startIndex <= column && column < t.endIndex);
    const scope = token.scopes[token.scopes.length - 1];
    const got = scope === "source.tgc" ? "-" : scope.replace(/\.tgc$/, "");
    if (got === wanted) {
      passed++;
    } else {
      failed++;
      console.log(`textmate: FAIL ${number}: ${word}: ${got}, not ${wanted}`);
    }
  }
  console.log(`textmate: ${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

main().catch((error) => {
  console.log(`textmate: FAIL ${error.stack}`);
  process.exit(1);
});
