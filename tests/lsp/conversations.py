#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
conversations.py TGC BTF FILE...: conversations with tgc lsp, all answers compared in full.

A conversation is a text file. What it sends stands in lines, what comes back follows each of them,
as JSON, and is rewritten with BLESS=1:

    # a comment
    args ARG...                  of `tgc lsp`, before anything else; `--btf BTF` is there already
    file NAME                    a file of the folder $DIR with the lines below, up to a line `end`
    open NAME                    didOpen with the file's text; waits for its diagnostics
    change NAME L:C L:C TEXT     didChange of this range, TEXT as a JSON string; waits too
    hello [CAPABILITIES]         initialize and initialized; the answer is not shown
    request METHOD [PARAMS]      waits for the answer
    at NAME L:C METHOD [MORE]    the same, with textDocument and position
    notify METHOD [PARAMS]
    raw TEXT                     bytes as a JSON string, not framed; waits for one message
    send TEXT                    a body as a JSON string, framed; waits for one message
    batch N ... end              lines of JSON, written at once; waits for N messages
    wait METHOD                  waits for a notification
    exit                         closes the input; the exit code

Lines and columns count from 0, as the protocol does. In an answer a list of more than 12 completions
is cut, with their number.
"""
import json
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from client import Client, Gone  # noqa: E402

SHOWN = 12


class Conversation:
    def __init__(self, tgc, btf, lines):
        self.tgc, self.btf, self.lines = tgc, btf, lines
        self.out = []
        self.client = None
        self.args = []
        self.versions = {}

    def line_at(self, folder, index):
        return self.lines[index].replace("$DIR", folder)

    def uri(self, folder, name):
        return "file://" + os.path.join(folder, name)

    # ---- what came ----

    def show(self, message, folder):
        message = dict(message)
        message.pop("jsonrpc", None)
        result = message.get("result")
        if isinstance(result, dict) and isinstance(result.get("items"), list):
            items = result["items"]
            result = dict(result, items=items[:SHOWN])
            if len(items) > SHOWN:
                result["more"] = len(items) - SHOWN
            message["result"] = result
        if isinstance(result, dict) and "serverInfo" in result:
            result["serverInfo"].pop("version", None)
        text = json.dumps(message, indent=1, ensure_ascii=False)
        text = compact(text).replace(folder, "$DIR").replace(self.btf, "$BTF")
        self.out += ["< " + line for line in text.split("\n")]

    def start(self, folder):
        if self.client:
            return
        env = dict(os.environ, TGC_PROFILES=os.path.join(folder, "none"))
        self.client = Client([self.tgc, "lsp", *self.kernels(), *self.args], env)

    def kernels(self):
        return [] if "--project" in self.args or "--bare" in self.args else ["--btf", self.btf]

    # ---- commands ----

    def block(self, i, folder):
        """The lines up to `end`, and the index behind it."""
        body = []
        while self.lines[i] != "end":
            self.out.append(self.lines[i])
            body.append(self.line_at(folder, i))
            i += 1
        self.out.append("end")
        return body, i + 1

    def open(self, folder, name):
        text = Path(folder, name).read_text()
        language = "tg" if name.endswith(".tg") else "yaml"
        self.versions[name] = 1
        self.client.open(self.uri(folder, name), text, language)
        self.show(self.client.wait("textDocument/publishDiagnostics", self.uri(folder, name)), folder)

    def change(self, folder, name, rest):
        start, end, text = rest.split(" ", 2)
        self.versions[name] += 1
        self.client.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri(folder, name), "version": self.versions[name]},
            "contentChanges": [{"range": {"start": place(start), "end": place(end)},
                                "text": json.loads(text)}]})
        self.show(self.client.wait("textDocument/publishDiagnostics", self.uri(folder, name)), folder)

    def ask(self, folder, method, params):
        seen = []
        answer = self.client.request(method, params, seen)
        for message in seen + [answer]:
            self.show(message, folder)

    def run_line(self, folder, line):
        word, _, rest = line.partition(" ")
        if word == "open":
            self.open(folder, rest)
        elif word == "change":
            name, _, rest = rest.partition(" ")
            self.change(folder, name, rest)
        elif word == "hello":
            self.client.initialize(json.loads(rest) if rest else None)
        elif word == "request":
            method, _, params = rest.partition(" ")
            self.ask(folder, method, json.loads(params) if params else None)
        elif word == "at":
            name, where, method, *more = rest.split(" ", 3)
            params = {"textDocument": {"uri": self.uri(folder, name)}, "position": place(where)}
            params.update(json.loads(more[0]) if more else {})
            self.ask(folder, method, params)
        elif word == "notify":
            method, _, params = rest.partition(" ")
            self.client.notify(method, json.loads(params) if params else {})
        elif word == "raw":
            self.client.write(json.loads(rest).encode())
            self.show(self.client.read(), folder)
        elif word == "send":
            self.client.send(json.loads(rest).encode())
            self.show(self.client.read(), folder)
        elif word == "wait":
            self.show(self.client.wait(rest), folder)
        elif word == "exit":
            self.out.append("< exit code %d" % self.client.end())
        else:
            raise ValueError("there is no command `%s`" % word)

    def run(self, folder):
        i = 0
        while i < len(self.lines):
            line = self.line_at(folder, i)
            i += 1
            if line.startswith("< "):
                continue
            self.out.append(self.lines[i - 1])
            if not line or line.startswith("#"):
                continue
            if line.startswith("args "):
                self.args = shlex.split(line[5:])
            elif line.startswith("file "):
                body, i = self.block(i, folder)
                Path(folder, line[5:]).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, line[5:]).write_text("\n".join(body) + "\n")
            elif line.startswith("batch "):
                body, i = self.block(i, folder)
                self.start(folder)
                self.client.write(b"".join(self.client.frame(b.encode()) for b in body))
                for _ in range(int(line[6:])):
                    self.show(self.client.read(), folder)
            else:
                self.start(folder)
                self.run_line(folder, line)
        if self.client and self.client.server.poll() is None:
            self.client.server.kill()
            self.client.end()
        return "\n".join(self.out) + "\n"


def place(text):
    line, character = text.split(":")
    return {"line": int(line), "character": int(character)}


def compact(text):
    """Ranges and positions in one line."""
    number = r'\{\s*"line": (\d+),\s*"character": (\d+)\s*\}'
    text = re.sub(r'\{\s*"start": ' + number + r',\s*"end": ' + number + r'\s*\}',
                  r'"\1:\2-\3:\4"', text)
    return text


def main():
    tgc, btf, *files = sys.argv[1:]
    passed = failed = 0
    for file in files:
        text = Path(file).read_text()
        talk = Conversation(os.path.abspath(tgc), os.path.abspath(btf), text.rstrip("\n").split("\n"))
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, ".git").mkdir()
            try:
                out = talk.run(os.path.realpath(folder))
            except (Gone, ValueError, OSError, IndexError) as error:
                out = "\n".join(talk.out + ["< %s" % error]) + "\n"
                if talk.client:
                    talk.client.server.kill()
        if out == text:
            passed += 1
        elif os.environ.get("BLESS"):
            Path(file).write_text(out)
            passed += 1
        else:
            failed += 1
            print("lsp: FAIL %s" % file)
            import difflib
            for line in difflib.unified_diff(text.split("\n"), out.split("\n"), "wanted", "said",
                                             lineterm="", n=2):
                print("    " + line)
    print("lsp: %d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
