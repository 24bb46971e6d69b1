#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
lsp.py TGC KERNEL: how long an editor waits for tgc lsp, and tgc lint for a long file, with the
types of a real kernel: the median time of several, and the processor's. Figures only: nothing fails because of one.
"""
import os
import resource
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


def row(what, seconds, cpu, goal):
    print("  %-46s %8.1f ms %8.1f ms   (goal: %g ms)" % (what, seconds * 1e3, cpu * 1e3, goal))


def processor(client):
    """Seconds of processor that the server has taken so far."""
    parts = Path("/proc/%d/stat" % client.server.pid).read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


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
    before = processor(client)
    times = [keystroke(client, uri, n, line, character) for n in range(RUNS * 2)]
    row("messages after a key, %s, %d lines" % (name, text.count("\n")),
        statistics.median(times), (processor(client) - before) / len(times), 30)


def completing(client, what, text):
    uri = "file:///tmp/none/c.tg"
    client.open(uri, "policy watch\n" + text, "tg")
    about = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": len(text)}}
    client.wait("textDocument/publishDiagnostics", uri)
    times = []
    before = processor(client)
    for _ in range(RUNS):
        start = time.monotonic()
        client.request("textDocument/completion", about)
        times.append(time.monotonic() - start)
    row(what, statistics.median(times), (processor(client) - before) / RUNS, 20)


def linting(tgc, kernel, name, text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(text)
        times = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(5):
            start = time.monotonic()
            subprocess.run([tgc, "lint", "--no-project", "--kernel", kernel, "-A", "all", name],
                           cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            times.append(time.monotonic() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    row("tgc lint %s, %d lines" % (name, text.count("\n")), statistics.median(times), cpu / 5, 300)


def main():
    tgc, kernel = (str(Path(a).resolve()) for a in sys.argv[1:])
    print("tgc lsp with the types of %s: waited, and processor time" % kernel)
    client = Client([tgc, "lsp", "--no-project", "--kernel", kernel])
    client.initialize()
    typing(client, "a.yaml", yaml_of(500), "yaml", 18, 20)
    typing(client, "a.tg", terse_of(500), "tg", 2, 20)
    completing(client, "completion of a kernel function", "kprobe secfilper")
    completing(client, "completion of all kernel functions", "kprobe ")
    completing(client, "completion of members", "kprobe tcp_connect(sk) where sk.")
    completing(client, "completion of a constant", "lsm file_open(file) where file.f_flags == O_R")
    client.request("shutdown")
    client.notify("exit", None)
    client.end()
    linting(tgc, kernel, "a.yaml", yaml_of(10000))
    linting(tgc, kernel, "a.tg", terse_of(10000))


if __name__ == "__main__":
    main()
