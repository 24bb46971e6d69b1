#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""places.py PROGRAM: policies that probe a function of the guest's /vm/tool by its place in the file and by
its address, and another one with a reference counter (the kernel takes no two counters for one place);
only if the file has this digest."""
import hashlib
import subprocess
import sys

POLICY = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata: {{name: {name}}}
spec:
  uprobes:
  - path: /vm/tool
    binaryDigests: ["sha256:{digest}"]
    {place}
    args: [{{index: 0, type: int}}]
    selectors:
    - matchArgs:
      - {{index: 0, operator: Equal, values: ["{value}"]}}
"""


def lines(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.splitlines()


def symbol_address(program, name):
    return next(int(l.split()[0], 16) for l in lines("nm", program) if l.split()[-1] == name)


def file_offset(program, address):
    for line in lines("readelf", "-lW", program):
        words = line.split()
        if words[:1] == ["LOAD"]:
            offset, start, _, size = (int(w, 16) for w in words[1:5])
            if start <= address < start + size:
                return offset + address - start
    raise SystemExit("places.py: the address is in no segment")


def main():
    program = sys.argv[1]
    with open(program, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    address = symbol_address(program, "tool_probed")
    counter = file_offset(program, symbol_address(program, "tool_semaphore"))
    offset = file_offset(program, address)
    places = [("by-offset", f"offsets: [{offset}]", 21), ("by-address", f"addrs: [{address}]", 22),
              ("counted", f"symbols: [main]\n    refCtrOffsets: [{counter}]", 2)]
    print("---\n".join(POLICY.format(name=n, digest=digest, place=p, value=v) for n, p, v in places), end="")


main()
