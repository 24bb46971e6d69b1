#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
session.py TGC BTF: a long session. Some hundred edits warm the server up, then 2,000 more, with
requests among them, must leave its memory about as it is: what an analysis makes is freed.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from client import Client  # noqa: E402

WARM, EDITS, GROWTH = 300, 2000, 1.3

YAML = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: watch
spec:
  kprobes:
  - call: security_file_permission
    syscall: false
    args:
    - index: 0
      type: file
    - index: 1
      type: int
    selectors:
""" + """    - matchArgs:
      - index: 0
        operator: Prefix
        values: ["/etc/NUMBER"]
""" * 40
TERSE = """policy watch
let secrets = "/etc/shadow"
kprobe security_file_permission(file, mask) {
""" + '    file under "/etc/NUMBER" and mask & MAY_READ => post\n' * 40 + "}\n"


def resident(pid):
    for line in Path("/proc/%d/status" % pid).read_text().split("\n"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def number(text):
    parts = text.split("NUMBER")
    return "".join(p + str(i) for i, p in enumerate(parts[:-1])) + parts[-1]


def edit(client, uri, line, character, n):
    """A letter comes, or goes; every tenth time a question is asked."""
    start = {"line": line, "character": character}
    end = start if n % 2 == 0 else {"line": line, "character": character + 1}
    client.notify("textDocument/didChange", {
        "textDocument": {"uri": uri, "version": n + 2},
        "contentChanges": [{"range": {"start": start, "end": end},
                            "text": "x" if n % 2 == 0 else ""}]})
    client.wait("textDocument/publishDiagnostics", uri)
    if n % 10 == 0:
        about = {"textDocument": {"uri": uri}, "position": start}
        for method in ("hover", "completion", "definition", "documentSymbol"):
            client.request("textDocument/" + method, about)


def main():
    tgc, btf = sys.argv[1:]
    client = Client([tgc, "lsp", "--no-project", "--btf", btf])
    client.initialize()
    failed = 0
    for uri, text, language, line, character in (
            ("file:///tmp/none/a.yaml", number(YAML), "yaml", 16, 20),
            ("file:///tmp/none/a.tg", number(TERSE), "tg", 3, 10)):
        client.open(uri, text, language)
        client.wait("textDocument/publishDiagnostics", uri)
        for n in range(WARM):
            edit(client, uri, line, character, n)
        before = resident(client.server.pid)
        for n in range(WARM, WARM + EDITS):
            edit(client, uri, line, character, n)
        after = resident(client.server.pid)
        if after > before * GROWTH:
            failed += 1
            print("lsp: FAIL %s: %d KiB before %d edits, %d KiB after" % (uri, before, EDITS, after))
    client.request("shutdown")
    client.notify("exit", None)
    failed += client.end() != 0
    print("lsp: %d passed, %d failed" % (3 - failed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
