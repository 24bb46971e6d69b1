#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
lsp.py TGC KERNEL: how long an editor waits for tgc lsp, and tgc lint for a long file, with the
types of a real kernel. The median of several; figures only: nothing fails because of one.
"""
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "lsp"))
from client import Client  # noqa: E402

RUNS = 30

HEAD = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: watch
spec:
  kprobes:
"""
HOOK = """  - call: security_file_permission
    syscall: false
    args:
    - index: 0
      type: file
    - index: 1
      type: int
    selectors:
"""
SELECTOR = """    - matchArgs:
      - index: 0
        operator: Prefix
        values:
        - /srv/data-%d/
      - index: 1
        operator: Equal
        values: ["4"]
"""
TERSE_HOOK = "kprobe security_file_permission(file, mask) {\n"
RULE = '    file under "/srv/data-%d" and mask == 4 => post\n'


def yaml_of(lines):
    out, count = HEAD, 6
    while count < lines:
        out += HOOK + "".join(SELECTOR % (count + i) for i in range(20))
        count += 8 + 8 * 20
    return out


def terse_of(lines):
    out, count = "policy watch\n", 1
    while count < lines:
        out += TERSE_HOOK + "".join(RULE % (count + i) for i in range(20)) + "}\n"
        count += 22
    return out


def row(what, seconds, goal):
    print("  %-58s %8.1f ms   (goal: %g ms)" % (what, seconds * 1e3, goal))


def keystroke(client, uri, n, line, character):
    place = {"line": line, "character": character + (n % 2)}
    start = time.monotonic()
    client.notify("textDocument/didChange", {
        "textDocument": {"uri": uri, "version": n + 2},
        "contentChanges": [{"range": {"start": dict(place, character=character), "end": place},
                            "text": "" if n % 2 else "x"}]})
    client.wait("textDocument/publishDiagnostics", uri)
    return time.monotonic() - start


def typing(client, name, text, language, line, character):
    uri = "file:///tmp/none/" + name
    client.open(uri, text, language)
    client.wait("textDocument/publishDiagnostics", uri)
    times = [keystroke(client, uri, n, line, character) for n in range(RUNS * 2)]
    row("messages after a key, %s, %d lines" % (name, text.count("\n")),
        statistics.median(times), 30)


def completing(client, what, text, typed):
    uri = "file:///tmp/none/c.tg"
    client.open(uri, "policy watch\n" + text, "tg")
    about = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": len(text)}}
    start = time.monotonic()
    client.request("textDocument/completion", about)
    first = time.monotonic() - start
    times = []
    for _ in range(RUNS):
        start = time.monotonic()
        client.request("textDocument/completion", about)
        times.append(time.monotonic() - start)
    if typed:
        row("%s, the first time" % what, first, 20)
    row(what, statistics.median(times), 20)


def linting(tgc, kernel, name, text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(text)
        times = []
        for _ in range(5):
            start = time.monotonic()
            subprocess.run([tgc, "lint", "--no-project", "--kernel", kernel, "-A", "all", name],
                           cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            times.append(time.monotonic() - start)
    row("tgc lint %s, %d lines" % (name, text.count("\n")), statistics.median(times), 300)


def main():
    tgc, kernel = (str(Path(a).resolve()) for a in sys.argv[1:])
    functions = subprocess.run([tgc, "btf", "--kernel", kernel, "*"], stdout=subprocess.PIPE,
                               check=False).stdout.count(b"\n")
    print("tgc lsp, %s (%d lines of `tgc btf '*'`):" % (kernel, functions))
    client = Client([tgc, "lsp", "--no-project", "--kernel", kernel])
    client.initialize()
    typing(client, "a.yaml", yaml_of(500), "yaml", 18, 20)
    typing(client, "a.tg", terse_of(500), "tg", 2, 20)
    completing(client, "completion of a kernel function", "kprobe secfilper", True)
    completing(client, "completion of all kernel functions", "kprobe ", False)
    completing(client, "completion of members", "kprobe tcp_connect(sk) where sk.", False)
    completing(client, "completion of a constant", "lsm file_open(file) where file.f_flags == O_R", False)
    client.request("shutdown")
    client.notify("exit", None)
    client.end()
    linting(tgc, kernel, "a.yaml", yaml_of(10000))
    linting(tgc, kernel, "a.tg", terse_of(10000))


if __name__ == "__main__":
    main()
