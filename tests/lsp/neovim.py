#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""
neovim.py TGC BTF: Neovim, without a screen, opens policies with tgc lsp behind it: messages, hover,
completion, a fix, definitions, the layout. tests/lsp/client.lua is what it does.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

YAML = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: watch
spec:
  kprobes:
  - call: security_file_open
    syscall: false
    args:
    - index: 0
      type: file
    message: "äöü𝒲"
    selectors:
    - matchArgs:
      - index: 0
        operator: "Prefx"
        values: ["/etc/"]
"""
TERSE = """policy watch
let secrets = "/etc/shadow", "/etc/shadow"
lsm file_open(file) {
    file   under secrets => deny
}
"""


def main():
    tgc, btf = (os.path.abspath(a) for a in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.yaml").write_text(YAML)
        Path(folder, "a.tg").write_text(TERSE)
        env = dict(os.environ, TGC=tgc, BTF=btf, FOLDER=folder, HOME=folder, XDG_STATE_HOME=folder,
                   XDG_CACHE_HOME=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder)
        try:
            run = subprocess.run(
                ["nvim", "--headless", "-u", "NONE", "-n", "-i", "NONE", "-S",
                 str(Path(__file__).parent / "client.lua")],
                env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=300, check=False)
            said = run.stdout.decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            said = (error.stdout or b"").decode(errors="replace") + "\nFAIL Neovim does not end"
    lines = said.replace("\r", "").split("\n")
    passed = sum(line.startswith("PASS ") for line in lines)
    failed = sum(line.startswith("FAIL ") for line in lines)
    if failed or passed == 0:
        print("\n".join("lsp: neovim: " + line for line in lines if line and not line.startswith("PASS ")))
        failed = failed or 1
    print("lsp: %d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
