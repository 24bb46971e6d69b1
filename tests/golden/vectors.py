#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Which policies are refused, and with which message.

tests/golden/vectors/*.values has a filter a row:

    TYPE OPERATOR VALUES -> MESSAGES        # why

VALUES is a YAML list, or `-` for none; `a*N` in it stands for N letters. MESSAGES are the names
of all errors that `tgc lint` gives for a policy with this filter, or `ok`.

tests/golden/vectors/*.policies has a policy a block: after a line `== MESSAGES`, with the reason
behind a `#`, the text below `spec:`; or all of a policy when it starts with `apiVersion`.

vectors.py --write FOLDER writes the policies to files, as seeds for fuzzing.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
TGC = os.path.abspath(os.environ.get("TGC", os.path.join(ROOT, "build/tgc")))
BTF = os.path.abspath(os.path.join(ROOT, "build/tests/fixture.bpf.o"))
HEAD = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: p{}\nspec:\n"

FUNCTIONS = {
    "int": "int", "int32": "int", "sint32": "int", "uint32": "u32", "int64": "s64", "long": "s64",
    "uint64": "u64", "ulong": "u64", "size_t": "u64", "int16": "s16", "uint16": "u16",
    "int8": "s8", "uint8": "u8", "kernel_cap_t": "caps", "cap_effective": "caps",
    "string": "buffer", "char_buf": "buffer", "skb": "sk_buff", "char_iovec": "iovec",
    "fd": "int", "capability": "int", "bpf_cmd": "int", "nop": "int",
}
CALLS = {"file": "security_file_open", "sock": "tcp_connect"}
FIELDS = {"syscall64": ("raw_syscalls", "sys_enter", 4), "const_buf": ("raw_syscalls", "sys_enter", 5),
          "data_loc": ("fixture", "fixture_kinds", 10)}


def hook(kind):
    if kind in FIELDS:
        return "  tracepoints:\n  - subsystem: {}\n    event: {}\n".format(*FIELDS[kind]), FIELDS[kind][2]
    if kind == "linux_binprm":
        return "  lsmhooks:\n  - hook: bprm_committed_creds\n", 0
    call = CALLS.get(kind, "fixture_" + FUNCTIONS.get(kind, kind))
    return "  kprobes:\n  - call: {}\n    syscall: false\n".format(call), 0


def filter_policy(kind, operator, values):
    values = re.sub(r"a\*(\d+)", lambda m: "a" * int(m.group(1)), values)
    text, index = hook(kind)
    size = ", sizeArgIndex: 2" if kind == "char_buf" else ""
    text += "    args:\n    - {{index: {}, type: {}{}}}\n".format(index, kind, size)
    text += "    selectors:\n    - matchArgs:\n      - args: [0]\n        operator: {}\n".format(operator)
    return text if values == "-" else text + "        values: {}\n".format(values)


def read_values(path):
    for number, line in enumerate(open(path), 1):
        line = re.sub(r"\s+# .*", "", line.rstrip("\n"))
        if not line or line.startswith("#"):
            continue
        row, want = line.rsplit(" -> ", 1)
        kind, operator, values = row.split(None, 2)
        yield number, want, filter_policy(kind, operator, values.strip())


def read_policies(path):
    block = None
    for number, line in enumerate(open(path), 1):
        if line.startswith("== "):
            if block:
                yield block
            block = (number, line[3:].split("#")[0].strip(), "")
        elif block:
            block = (block[0], block[1], block[2] + ("  " + line if line.strip() else "\n"))
    if block:
        yield block


def policy_text(text, serial):
    plain = "".join(line[2:] if line.startswith("  ") else line for line in text.splitlines(True))
    return plain if plain.startswith("apiVersion") else HEAD.format(serial) + text


def cases():
    folder = os.path.join(HERE, "vectors")
    for name in sorted(os.listdir(folder)):
        read = {"values": read_values, "policies": read_policies}.get(name.split(".")[-1])
        for number, want, text in read(os.path.join(folder, name)) if read else ():
            yield "{}:{}".format(name, number), want, text


def lint(folder, files):
    run = subprocess.run([TGC, "lint", "--no-project", "-q", "--error-limit", "0", "--btf", BTF] + files, cwd=folder,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode not in (0, 1):
        sys.exit("vectors: tgc ended with {}\n{}".format(run.returncode, run.stdout[-2000:]))
    said = {}
    for name, level, message in re.findall(r"^(\d+)\.yaml:.*: (error|warning): .*\[([a-z-]+)\]$",
                                           run.stdout, re.M):
        if level == "error":
            said.setdefault(name, set()).add(message)
    return said


def write_all(folder):
    for serial, (_, _, text) in enumerate(cases()):
        with open(os.path.join(folder, "vector-{}.yaml".format(serial)), "w") as out:
            out.write(policy_text(text, serial))
    return 0


def main():
    wanted, failed = [], 0
    if sys.argv[1:2] == ["--write"]:
        return write_all(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        for serial, (place, want, text) in enumerate(cases()):
            with open(os.path.join(folder, "{}.yaml".format(serial)), "w") as out:
                out.write(policy_text(text, serial))
            wanted.append((place, want))
        said = lint(folder, ["{}.yaml".format(i) for i in range(len(wanted))])
    for serial, (place, want) in enumerate(wanted):
        got = " ".join(sorted(said.get(str(serial), {"ok"})))
        if got != " ".join(sorted(want.split())):
            print("vectors: FAIL {}: {}, expected {}".format(place, got, want))
            failed += 1
    print("vectors: {} passed, {} failed".format(len(wanted) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
