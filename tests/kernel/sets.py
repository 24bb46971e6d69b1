#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Policies with thousands of values, for the cases about large sets: sets.py KIND prints one."""
import ipaddress
import random
import sys

HEAD = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: {name}
spec:
  kprobes:
"""
FILE = """  - call: security_file_permission
    syscall: false
    args:
    - {{index: 0, type: file}}
    - {{index: 1, type: int}}
    selectors:
    - matchArgs:
      - {{index: 1, operator: Equal, values: ["4"]}}
      - index: 0
        operator: {op}
        values:
{values}
"""
STRING = """  - call: sys_truncate
    args:
    - {{index: 0, type: string}}
    selectors:
    - matchArgs:
      - index: 0
        operator: {op}
        values:
{values}
"""
SOCKET = """  - call: tcp_connect
    syscall: false
    args:
    - {{index: 0, type: sock}}
    selectors:
    - matchArgs:
      - index: 0
        operator: {op}
        values:
{values}
"""
BINARIES = """  - call: sys_umask
    args:
    - {{index: 0, type: int}}
    selectors:
    - matchBinaries:
      - operator: {op}
        values:
{values}
"""
SELECTOR = """    - matchArgs:
      - {{index: {index}, operator: {op}, values: [{values}]}}
"""


def word(low, high):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(random.choice(letters) for _ in range(random.randint(low, high)))


def paths(count):
    tops = ["srv", "opt", "var", "home", "mnt"] + [word(2, 9) for _ in range(40)]
    folders = ["/" + random.choice(tops) + "".join("/" + word(2, 12) for _ in range(n))
               for n in [random.randint(1, 4) for _ in range(count // 5)]]
    return [random.choice(folders) + "/" + word(1, 20) for _ in range(count)]


def blocks(count):
    made = []
    for i in range(count):
        if i % 2:
            bits, whole = 32, random.randint(1, 126) << 24 | random.getrandbits(24)
            length, kind = random.randint(16, 32), ipaddress.IPv4Network
        else:
            bits, whole = 128, 0x2001 << 112 | random.getrandbits(112)
            length, kind = random.randint(32, 128), ipaddress.IPv6Network
        made.append(str(kind((whole >> (bits - length) << (bits - length), length))))
    return made


KINDS = {
    "prefixes": (FILE, "Prefix", lambda: paths(9999) + ["/srv/sets/prefix-"]),
    "names": (FILE, "Equal", lambda: paths(9999) + ["/srv/sets/equal"]),
    "endings": (FILE, "Postfix", lambda: ["." + word(2, 20) for _ in range(9999)] + ["-ending"]),
    "strings": (STRING, "Equal", lambda: paths(9999) + ["/srv/sets/string"]),
    "others": (STRING, "NotPrefix", lambda: paths(9999) + ["/srv/sets/s"]),
    "parts": (STRING, "SubString", lambda: [word(20, 40) for _ in range(400)] + ["/part-of/"]),
    "binaries": (BINARIES, "In", lambda: paths(9999) + ["/srv/sets/binary"]),
    "addresses": (SOCKET, "DAddr", lambda: blocks(4998) + ["127.9.0.0/16", "::1"]),
}


def selector(index, op, values, *actions):
    text = SELECTOR.format(index=index, op=op, values=", ".join('"%s"' % v for v in values))
    return text + "".join("      %s\n" % line for line in ("matchActions:",) * bool(actions) + actions)


def selectors():
    """Entries with more selectors than a word has bits. The last one of each wants values of
    others, in other words, which come first."""
    numbers = HEAD.format(name="select-65") + """  - call: sys_umask
    return: true
    args:
    - {index: 0, type: int}
    returnArg: {index: 0, type: int}
    selectors:
"""
    numbers += "".join(selector(0, "Equal", [n]) for n in range(64))
    numbers += selector(0, "Equal", [3, 63, 64], "- action: Sigkill")
    files = HEAD.format(name="select-128").replace("kprobes", "lsmhooks") + """  - hook: file_open
    args:
    - {index: 0, type: file}
    selectors:
"""
    deny = ("- action: Override", "  argError: -13")
    files += "".join(selector(0, "Equal", ["/srv/select/%d" % n], *(deny if n > 63 else ()))
                     for n in range(127))
    files += selector(0, "Postfix", ["/63", "/127"], *deny)
    texts = HEAD.format(name="select-300") + """  - call: sys_openat
    args:
    - {index: 1, type: string}
    selectors:
"""
    texts += "".join(selector(1, "Equal", ["/select/%d-end" % n], "- action: NoPost")
                     for n in range(299))
    texts += selector(1, "Postfix", ["-end"])
    return "---\n".join([numbers, files, texts])


def main():
    if sys.argv[1] == "selectors":
        sys.stdout.write(selectors())
        return
    template, op, values = KINDS[sys.argv[1]]
    random.seed(sys.argv[1])
    lines = "\n".join('        - "%s"' % v for v in values())
    sys.stdout.write(HEAD.format(name=sys.argv[1]) + template.format(op=op, values=lines))


main()
