#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""places.py TOOL: policies whose uprobes go to a function of the tool by address, by offset with a
reference counter, and by name with digests of the file, one of which is another file's."""
import hashlib
import struct
import subprocess
import sys

POLICY = """---
apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: places-{name}
spec:
  uprobes:
  - path: /vm/tool
    {place}
    args:
    - index: 0
      type: int
"""


def address_of(path, name):
    symbols = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    for line in symbols.splitlines():
        words = line.split()
        if words[-1] == name:
            return int(words[0], 16)
    sys.exit(f"places.py: {path} has no {name}")


def offset_of(image, address):
    start, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for i in range(count):
        kind, _, offset, at, _, filled = struct.unpack_from("<IIQQQQ", image, start + i * size)
        if kind == 1 and at <= address < at + filled:
            return address - at + offset
    sys.exit(f"places.py: nothing is at {address:#x}")


def main():
    path = sys.argv[1]
    with open(path, "rb") as file:
        image = file.read()
    function = address_of(path, "tool_probed")
    counted = address_of(path, "tool_changed")  # the kernel takes one counter for a place
    counter = offset_of(image, address_of(path, "tool_semaphore"))
    digests = {algorithm: hashlib.new(algorithm, image).hexdigest()
               for algorithm in ("sha1", "sha256", "sha512")}
    other = "sha256:" + 64 * "0"
    places = {
        "address": f"addrs: [{function}]",
        "offset": f"offsets: [{offset_of(image, counted)}]\n    refCtrOffsets: [{counter}]",
        "other": f'symbols: [tool_probed]\n    binaryDigests: ["{other}"]\n'
                 "    ignore: {digestVerificationFailure: true}",
    }
    for algorithm, text in digests.items():
        places[algorithm] = ("symbols: [tool_probed]\n    binaryDigests: "
                             f'["{other}", "{algorithm}:{text.upper()}"]')
    for name, place in places.items():
        sys.stdout.write(POLICY.format(name=name, place=place))


main()
