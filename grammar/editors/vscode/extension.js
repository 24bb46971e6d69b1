// SPDX-License-Identifier: Apache-2.0
// The language client: runs `tgc lsp` and lets it speak for .tg files and policies in YAML.
"use strict";
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function settings() {
  return vscode.workspace.getConfiguration("tgc");
}

function serverOptions() {
  return {
    command: settings().get("path", "tgc"),
    args: ["lsp", ...settings().get("arguments", [])],
  };
}

function clientOptions() {
  const documentSelector = [{ language: "tgc" }];

  if (settings().get("yaml", true)) documentSelector.push({ scheme: "file", language: "yaml" });
  return { documentSelector, outputChannelName: "tgc" };
}

// An older tgc has no `lsp`: say so once, and leave the colours working.
async function start() {
  client = new LanguageClient("tgc", "tgc", serverOptions(), clientOptions());
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    vscode.window.showWarningMessage(
      `tgc: the language server cannot be started (${error.message}); the setting tgc.path names the program`,
    );
  }
}

async function stop() {
  const running = client;

  client = undefined;
  if (running) await running.stop();
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("tgc.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tgc")) return restart();
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
