// SPDX-License-Identifier: Apache-2.0
// A language server of one message, for tests of the client alone: it is run as `server.js lsp`.
"use strict";
let buffer = Buffer.alloc(0);

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });

  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function answer({ id, method, params }) {
  if (method === "initialize") send({ id, result: { capabilities: { textDocumentSync: 1 } } });
  else if (method === "shutdown") send({ id, result: null });
  else if (method === "exit") process.exit(0);
  else if (method === "textDocument/didOpen") complain(params.textDocument);
  else if (id !== undefined) send({ id, error: { code: -32601, message: "no" } });
}

function complain({ uri, text }) {
  const line = text.split("\n").findIndex((l) => l.includes("blok"));
  const range = { start: { line, character: 17 }, end: { line, character: 21 } };

  send({
    method: "textDocument/publishDiagnostics",
    params: { uri, diagnostics: [{ range, severity: 1, message: "there is no action `blok`" }] },
  });
}

if (!process.argv.includes("lsp")) process.exit(2);
process.stdin.on("data", (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const head = buffer.indexOf("\r\n\r\n");
    const length = head < 0 ? NaN : Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, head).toString())[1]);

    if (!(buffer.length >= head + 4 + length)) return;
    const body = buffer.subarray(head + 4, head + 4 + length);
    buffer = buffer.subarray(head + 4 + length);
    answer(JSON.parse(body));
  }
});
