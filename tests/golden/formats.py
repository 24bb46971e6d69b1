#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""formats.py TGC BTF [SCHEMA]: the formats for programs, seen from outside.

For every golden policy, JSON, SARIF and annotations must say the same as the text: the same
messages, names, levels and places. SARIF is valid by the schema, where that is given, and hangs
together in what a schema cannot say. Fixes are applied here, by the offsets of the JSON and by
the lines and columns of the SARIF: both must give the same file, without the message.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

HEAD = re.compile(rb"^(.+?):(\d+):(\d+): (error|warning): (.*) \[([a-z0-9-]+)\]$|"
                  rb"^tgc: (error|warning): (.*) \[([a-z0-9-]+)\]$", re.M)
COMMAND = re.compile(r"^::(error|warning) ((?:[A-Za-z]+=[^,:]*,?)+)::(.*)$")

passed = 0
failures = []


def check(label, holds, why):
    global passed
    if holds:
        passed += 1
    else:
        failures.append(label)
        print(f"formats: FAIL {label}: {why}")


class Tgc:
    def __init__(self, tgc, btf):
        self.tgc, self.btf = tgc, btf

    def run(self, stage, path, *options):
        done = subprocess.run([self.tgc, "dump", "--stage", stage, "--btf", self.btf,
                               "--error-limit", "0", *options, path],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        return done.stderr

    def json(self, stage, path):
        return json.loads(self.run(stage, path, "--format", "json"))

    def sarif(self, stage, path):
        return json.loads(self.run(stage, path, "--format", "sarif"))


# ---- what each format says, as tuples (name, level, line, column, message) ------------------

def from_text(text):
    found = []
    for m in HEAD.finditer(text):
        placed = m.group(1) is not None
        level, message, name = (m.group(i) for i in ((4, 5, 6) if placed else (7, 8, 9)))
        place = (int(m.group(2)), int(m.group(3))) if placed else (None, None)
        found.append((name.decode(), level.decode(), *place, message.decode()))
    return found


def from_json(doc):
    return [(d["rule"], d["level"], d.get("line"), d.get("column"), d["message"])
            for d in doc["diagnostics"]]


def sarif_place(result):
    if not result["locations"]:
        return (None, None)
    region = result["locations"][0]["physicalLocation"]["region"]
    return (region["startLine"], region["startColumn"])


def sarif_sentence(result):
    text = result["message"]["text"]
    return re.split(r"\n(?:note|hint): ", text)[0]


def from_sarif(doc):
    return [(r["ruleId"], r["level"], *sarif_place(r), sarif_sentence(r))
            for r in doc["runs"][0]["results"]]


def unescape(text):
    return re.sub(r"%(25|0D|0A|3A|2C)", lambda m: chr(int(m.group(1), 16)), text)


def from_github(text):
    """Annotations have no column where the place is more than one line."""
    found = []
    for line in text.decode().splitlines():
        m = COMMAND.match(line)
        if not m:
            raise ValueError(f"no workflow command: {line}")
        props = dict(p.split("=", 1) for p in m.group(2).split(",") if p)
        props = {k: unescape(v) for k, v in props.items()}
        sentence = re.split(r"\n(?:note|hint): ", unescape(m.group(3)))[0]
        line_no = int(props["line"]) if "line" in props else None
        found.append((props["title"], m.group(1), line_no, sentence))
    return found


# ---- what a schema cannot say ---------------------------------------------------------------

def sarif_problem(doc):
    run = doc["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for r in run["results"]:
        if rules[r["ruleIndex"]]["id"] != r["ruleId"]:
            return "ruleIndex is of another rule"
        for place in r["locations"] + r["relatedLocations"]:
            artifact = place["physicalLocation"]["artifactLocation"]
            if run["artifacts"][artifact["index"]]["location"]["uri"] != artifact["uri"]:
                return "index is of another artifact"
    prints = [r["partialFingerprints"]["tgc/v1"] for r in run["results"]]
    if len(set(prints)) != len(prints):
        return "two results have the same fingerprint"
    return None


# ---- fixes ----------------------------------------------------------------------------------

def edited(data, edits):
    """Edits are (start, end, text); None when they overlap."""
    out, at = b"", 0
    for start, end, text in sorted(edits):
        if start < at:
            return None
        out, at = out + data[at:start] + text, end
    return out + data[at:]


def offset_of(data, line, column):
    starts = [0] + [m.end() for m in re.finditer(rb"\r\n|\n|\r", data)]
    start = starts[line - 1]
    if line == 1 and data.startswith(b"\xef\xbb\xbf"):
        start = 3
    rest = data[start:].decode(errors="surrogateescape")
    return start + len(rest[:column - 1].encode(errors="surrogateescape"))


def json_edits(data, diagnostic):
    for fix in diagnostic["fixes"]:
        return [(e["offset"], e["offset"] + e["length"], e["text"].encode())
                for e in fix["edits"]]
    return []


def sarif_edits(data, result):
    edits = []
    for fix in result.get("fixes", [])[:1]:
        for change in fix["artifactChanges"]:
            for e in change["replacements"]:
                r = e["deletedRegion"]
                edits.append((offset_of(data, r["startLine"], r["startColumn"]),
                              offset_of(data, r["endLine"], r["endColumn"]),
                              e["insertedContent"]["text"].encode()))
    return edits


def check_fix(tgc, stage, path, data, diagnostic, result):
    edits = json_edits(data, diagnostic)
    if not edits and "fixes" not in result:
        return
    label = f"{path}:{diagnostic['line']}: fix of {diagnostic['rule']}"
    mended = edited(data, edits)
    check(label, mended is not None and mended == edited(data, sarif_edits(data, result)),
          "JSON and SARIF give different files")
    if mended is None:
        return
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(mended)
        file.flush()
        after = from_json(tgc.json(stage, file.name))
    this = (diagnostic["rule"], diagnostic["message"])
    before = from_json(tgc.json(stage, path))
    count = lambda found: sum((f[0], f[4]) == this for f in found)
    check(label, count(after) < count(before), "the message is still there")
    broken = {"yaml-syntax", "duplicate-key"} & {f[0] for f in after} - {f[0] for f in before}
    check(label, not broken, f"it breaks the file: {after}")


# ---- one policy -----------------------------------------------------------------------------

def check_policy(tgc, validator, stage, path):
    text = from_text(tgc.run(stage, path))
    doc, log = tgc.json(stage, path), tgc.sarif(stage, path)
    notes = from_github(tgc.run(stage, path, "--format", "github"))
    check(path, from_json(doc) == text, f"JSON differs from text:\n{from_json(doc)}\n{text}")
    check(path, from_sarif(log) == text, f"SARIF differs from text:\n{from_sarif(log)}\n{text}")
    check(path, notes == [(t[0], t[1], t[2], t[4]) for t in text],
          f"annotations differ from text:\n{notes}\n{text}")
    counts = {k + "s": sum(t[1] == k for t in text) for k in ("error", "warning")}
    check(path, doc["counts"] == counts, f"counts {doc['counts']}")
    check(path, sarif_problem(log) is None, f"SARIF: {sarif_problem(log)}")
    if validator:
        errors = [e.message for e in validator.iter_errors(log)]
        check(path, not errors, f"not valid by the schema: {errors[:3]}")
    with open(path, "rb") as file:
        data = file.read()
    for diagnostic, result in zip(doc["diagnostics"], log["runs"][0]["results"]):
        check_fix(tgc, stage, path, data, diagnostic, result)


def check_names(tgc, validator):
    """File names with what the formats use themselves, and bytes that are no text."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (b"a,b:c%0A.yaml", b"new\nline::error.yaml", b"\xff\x1b[31m.yaml",
                     "größe ünd.yaml".encode()):
            path = os.path.join(os.fsencode(folder), name)
            with open(path, "wb") as file:
                file.write(b"kind: TracingPolicy\nspec:\n  kprobe: []\n")
            label = repr(name)
            doc, log = tgc.json("ast", path), tgc.sarif("ast", path)
            location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
            uri = urllib.parse.urlsplit(location["artifactLocation"]["uri"])
            check(label, urllib.parse.unquote_to_bytes(uri.path) == path, f"URI {uri}")
            check(label, not re.search(r"[\x00-\x1f]", doc["diagnostics"][0]["file"]),
                  "a control character in the JSON")
            lines = tgc.run("ast", path, "--format", "github").decode().splitlines()
            check(label, len(lines) == len(doc["diagnostics"]) and
                  all(COMMAND.match(line) for line in lines), f"annotations: {lines}")
            if validator:
                check(label, not list(validator.iter_errors(log)), "not valid by the schema")


def make_validator(path):
    if not path:
        return None
    import jsonschema
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.validators.validator_for(schema)(schema)
    broken = {"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}
    check("the schema", list(validator.iter_errors(broken)), "it accepts a run without a name")
    return validator


def main():
    tgc = Tgc(os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]))
    validator = make_validator(sys.argv[3] if len(sys.argv) > 3 else None)
    for suite, stage in (("yaml", "ast"), ("check", "c")):
        for path in sorted(glob.glob(f"tests/golden/{suite}/*.yaml")):
            check_policy(tgc, validator, stage, path)
    check_names(tgc, validator)
    if not validator:
        print("formats: SKIPPED: the SARIF schema")
    print(f"formats: {passed} passed, {len(failures)} failed")
    return 1 if failures or not passed else 0


sys.exit(main())
