// SPDX-License-Identifier: Apache-2.0
// The VS Code extension without VS Code: its real language client, started against a server, with
// as much of the editor as a client looks at. client.js EXTENSION SERVER...: opens a document with
// a mistake and waits for the server's message about it.
"use strict";
const Module = require("module");
const path = require("path");

const [extension, ...server] = process.argv.slice(2);
const LIMIT = 60000;
let passed = 0;
let failed = 0;

function check(what, ok) {
  if (ok) passed++;
  else failed++;
  if (!ok) console.log(`client: FAIL ${what}`);
}

function finish() {
  console.log(`client: ${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}

// ---- the editor, as far as it goes ---------------------------------------------------------------

// Whatever is asked of it: a class, a function, a namespace.
function anything() {
  const target = function () {
    return { dispose() {} };
  };
  return new Proxy(target, {
    get: (t, key) => {
      if (key === "prototype" || key in t) return t[key];
      if (typeof key === "symbol" || key === "then") return undefined;
      return (t[key] = anything());
    },
  });
}

class Disposable {
  constructor(call) {
    this.call = call;
  }
  dispose() {
    if (this.call) this.call();
  }
  static from() {
    return new Disposable();
  }
}

class EventEmitter {
  constructor() {
    this.listeners = [];
    this.event = (listener, self) => {
      this.listeners.push(self ? listener.bind(self) : listener);
      return new Disposable();
    };
  }
  fire(event) {
    this.listeners.forEach((listener) => listener(event));
  }
  dispose() {}
}

const uri = { scheme: "file", fsPath: "/p/x.tg", path: "/p/x.tg", toString: () => "file:///p/x.tg" };
const text = "policy x\nkprobe f(arg0: int) {\n    arg0 == 1 => blok\n}\n";
const document = { uri, languageId: "tgc", version: 1, getText: () => text, isClosed: false, fileName: "/p/x.tg" };
const values = { path: server[0], arguments: server.slice(1), yaml: true };
const commands = {};
const warnings = [];
const none = () => new Disposable();
const opened = new EventEmitter();

const collection = {
  set: (at, list) => said(at, list),
  delete() {},
  clear() {},
  dispose() {},
  forEach() {},
};

class CodeActionKind {
  constructor(value) {
    this.value = value;
  }
  append(part) {
    return new CodeActionKind(this.value ? `${this.value}.${part}` : part);
  }
}
CodeActionKind.Empty = new CodeActionKind("");

const vscode = {
  CodeActionKind,
  version: "1.90.0",
  Disposable,
  EventEmitter,
  CancellationTokenSource: class {
    constructor() {
      this.token = { isCancellationRequested: false, onCancellationRequested: none };
    }
    cancel() {}
    dispose() {}
  },
  Uri: { parse: () => uri, file: () => uri },
  Position: class {
    constructor(line, character) {
      Object.assign(this, { line, character });
    }
  },
  Range: class {
    constructor(a, b, c, d) {
      this.start = typeof a === "object" ? a : { line: a, character: b };
      this.end = typeof a === "object" ? b : { line: c, character: d };
    }
  },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  Diagnostic: class {
    constructor(range, message, severity) {
      Object.assign(this, { range, message, severity });
    }
  },
  env: { appName: "test", language: "en" },
  languages: new Proxy({}, {
    get: (t, key) => {
      if (key === "createDiagnosticCollection") return () => collection;
      if (key === "match") return (selector, d) => selector.some((s) => s.language === d.languageId) ? 10 : 0;
      return none;
    },
  }),
  commands: { registerCommand: (name, call) => ((commands[name] = call), new Disposable()) },
  window: new Proxy({ tabGroups: { all: [], onDidChangeTabs: none }, visibleTextEditors: [] }, {
    get: (t, key) => {
      if (key in t) return t[key];
      if (key === "createOutputChannel")
        return () => ({ append() {}, appendLine() {}, show() {}, dispose() {}, clear() {} });
      if (key === "showWarningMessage") return (m) => warnings.push(m);
      if (key === "activeTextEditor") return undefined;
      return key.startsWith("onDid") ? none : () => Promise.resolve();
    },
  }),
  workspace: new Proxy({ textDocuments: [document], notebookDocuments: [], workspaceFolders: undefined }, {
    get: (t, key) => {
      if (key in t) return t[key];
      if (key === "getConfiguration") return () => ({ get: (name, other) => (name in values ? values[name] : other) });
      if (key === "onDidOpenTextDocument") return opened.event;
      if (key === "createFileSystemWatcher") return () => ({ onDidCreate: none, onDidChange: none, onDidDelete: none, dispose() {} });
      return none;
    },
  }),
};

const others = anything();
const editor = new Proxy(vscode, { get: (t, key) => (key in t ? t[key] : others[key]) });
const load = Module._load;

Module._load = (name, ...rest) => (name === "vscode" ? editor : load(name, ...rest));

// ---- the conversation ------------------------------------------------------------------------------

const { activate, deactivate } = require(path.resolve(extension, "extension.js"));

async function said(at, list) {
  if (!list || !list.length) return;
  check("the message is about the document", String(at) === "file:///p/x.tg");
  check("it stands where the mistake is", list.some((d) => d.range.start.line === 2));
  check("it names the mistake", list.some((d) => d.message.includes("blok")));
  await deactivate();
  finish();
}

setTimeout(() => {
  check(`the server says something in ${LIMIT / 1000} s; ${warnings}`, false);
  finish();
}, LIMIT);

async function main() {
  const good = values.path;

  values.path = "/nothing/is/here";
  await activate({ subscriptions: [] });
  check("a server that is not there is said", warnings.length === 1 && warnings[0].includes("tgc.path"));
  values.path = good;
  check("it can be restarted", typeof commands["tgc.restart"] === "function");
  await commands["tgc.restart"]();
  check(`the server starts: ${warnings.slice(1)}`, warnings.length === 1);
}

main().catch((error) => {
  check(error.stack, false);
  finish();
});
