#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every message of the terse language has a golden text: the sentences of the sources of the parser
and of what makes YAML's tree are looked for in tests/golden/terse*/*.err and in the unit tests."""
import glob
import re
import sys

CALL = re.compile(r'(terse_mistake|terse_say)\(')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Sentences that no small file gets, and where they are tested.
ELSEWHERE = {
    "`%.60s` is not the same argument": "tests/unit/test_terse.c",
    "names stand for names more": "tests/unit/test_terse.c",
    "without a kernel it is not known whether": "tests/golden/lint.sh",
    "a text that is no file": "tests/golden/lint.sh",
    "the library has no": "tests/golden/lint.sh",
    "there is a control character": "tests/golden/terse/control.err: two sentences in one call",
}


def arguments(text, start):
    """The text of a call's arguments, as far as its closing bracket."""
    depth, i, quoted = 1, start, False
    while depth and i < len(text):
        c = text[i]
        if c == "\\":
            i += 1
        elif c == '"':
            quoted = not quoted
        elif not quoted:
            depth += (c == "(") - (c == ")")
        i += 1
    return text[start:i - 1]


def split(args):
    """At commas that are in no bracket and no string."""
    out, depth, quoted, last = [], 0, False, 0
    i = 0
    while i < len(args):
        c = args[i]
        if c == "\\":
            i += 1
        elif c == '"':
            quoted = not quoted
        elif not quoted:
            depth += (c in "({") - (c in ")}")
            if c == "," and not depth:
                out.append(args[last:i])
                last = i + 1
        i += 1
    return out + [args[last:]]


def sentences():
    for path in ["grammar/tgc.y", "grammar/tgc.l"] + sorted(glob.glob("compiler/terse/*.c")):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for m in CALL.finditer(text):
            args = split(arguments(text, m.end()))
            literal = "".join(STRING.findall(args[3])) if len(args) > 3 else ""
            if literal:
                yield f"{path}:{text.count(chr(10), 0, m.start()) + 1}", literal


def pattern(literal):
    literal = literal.replace('\\"', '"').replace("\\\\", "\\")
    parts = re.split(r"%[-.0-9]*(?:ll|z)?[a-z]", literal)
    return re.compile("error: " + ".*".join(re.escape(p) for p in parts))


def main():
    said = ""
    for path in glob.glob("tests/golden/terse*/*.err") + glob.glob("tests/golden/rules/*"):
        with open(path, encoding="utf-8", errors="replace") as f:
            said += f.read()
    passed = failed = 0
    for place, literal in sentences():
        if any(literal.startswith(known) for known in ELSEWHERE) or pattern(literal).search(said):
            passed += 1
        else:
            failed += 1
            print(f"terse-messages: FAIL {place}: no golden text has `{literal}`")
    print(f"terse-messages: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
