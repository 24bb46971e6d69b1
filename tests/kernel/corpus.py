# SPDX-License-Identifier: Apache-2.0
"""corpus.py CORPUS EXPECTED [KERNEL...]: compiles Tetragon's example policies for each kernel and
has `tgrun --check` load and attach every bundle there, all in one boot. Prints a table, and compares
it with EXPECTED, where whatever does not load stands with its reason. BLESS=1 rewrites that file:
reasons stay; a new row that a person has to explain gets `?`, and is a failure until then."""

import csv
import json
import os
import re
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

WORK = "build/tests/corpus-work"
KERNELS = ["5.10", "6.1", "6.12", "6.18", "newest"]
# Outcomes: how the table shows them, what they mean.
OUTCOMES = {
    "loads": ("loads", "every hook has a program that this kernel loads and attaches"),
    "gap": ("gap", "tgc does not compile this part of the language yet"),
    "missing": ("no hook", "this kernel does not have the hook"),
    "types": ("types", "the hook has other arguments on this kernel"),
    "refused": ("refused", "Tetragon does not load it either (index.csv)"),
    "error": ("ERROR", "it does not compile"),
    "kernel": ("KERNEL", "it compiles, and this kernel does not take it"),
}
MISSING = {"unknown-function", "unknown-tracepoint", "loader", "hook-feature"}
TYPES = {"arg-count", "arg-size", "arg-type"}


# ---- policies -------------------------------------------------------------------------------


def mend(text):
    """What the corpus' README says its users do: fill in placeholders and a namespace, take out
    the Pod that stands beside a policy."""
    text = text.replace("${PODCIDR}", "10.244.0.0/16").replace("${SERVICECIDR}", "10.96.0.0/12")
    documents = text.split("\n---\n")
    if len(documents) > 1:
        text = "\n---\n".join(d for d in documents if "\nkind: Pod\n" not in d)
    if "kind: TracingPolicyNamespaced" in text and "\n  namespace:" not in text:
        text = text.replace("\nmetadata:\n", "\nmetadata:\n  namespace: default\n", 1)
    return text


def prepare(corpus):
    """Mended copies. Returns the names, and which ones Tetragon refuses as they are now."""
    names, refused = [], set()
    with open(f"{corpus}/index.csv", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    for row in rows:
        name = row["file"]
        with open(f"{corpus}/{name}", encoding="utf-8") as f:
            text = f.read()
        path = f"{WORK}/policies/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(mend(text))
        names.append(name)
        if mend(text) == text and {row["tetragon_crd_verdict"], row["tetragon_load_verdict"]} != {"ok"}:
            refused.add(name)
    return sorted(names), refused


def make_keys():
    os.makedirs(WORK, exist_ok=True)
    if not os.path.exists(f"{WORK}/cert.pem"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=corpus", "-days",
                        "3650", "-keyout", f"{WORK}/key.pem", "-out", f"{WORK}/cert.pem"],
                       check=True, stderr=subprocess.DEVNULL)


def bundle_name(number):
    return f"p{number:03}"


def compile_policy(series, btf, name, number):
    """The outcome, or None: it compiled."""
    run = subprocess.run(["build/tgc", "compile", "--no-project", f"{WORK}/policies/{name}", "--btf", btf,
                          "--key", f"{WORK}/key.pem", "--cert", f"{WORK}/cert.pem",
                          "-o", f"{WORK}/{series}/corpus-{bundle_name(number)}.tgb"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    if run.returncode == 0:
        return None
    ids = set(re.findall(r": error: .* \[([a-z-]+)\]$", run.stdout, re.M))
    if run.returncode != 1 or not ids:
        return "error", f"tgc ends with {run.returncode}"
    if ids == {"not-supported-yet"}:
        parts = re.findall(r": error: (.*?) (?:is|are) part of the language", run.stdout)
        return "gap", ", ".join(sorted(set(parts)))
    outcome = "missing" if ids <= MISSING else "types" if ids <= TYPES else "error"
    return outcome, " ".join(sorted(ids))


# ---- a kernel ---------------------------------------------------------------------------------


def guest(series, bundles):
    """The lines of corpus-run; None when it failed, which it has told."""
    run = subprocess.run(["build/tests/corpus-run", series] + bundles, stdout=subprocess.PIPE,
                         universal_newlines=True, check=False)
    return run.stdout.splitlines() if run.returncode == 0 else None


def plain(reason):
    """A reason without what differs from run to run."""
    return re.sub(r"\s+", " ", reason).replace("|", "/")[:160]


class Verdict:
    """What tgrun --check said of one bundle. A hook's variants are tried in order; the first good
    one is what a node would run."""

    def __init__(self):
        self.hooks, self.memory, self.good, self.said = {}, 0, False, []

    def take(self, line):
        if not line.startswith("{"):
            if line.startswith("said "):
                self.said.append(line[5:])
            return
        entry = json.loads(line)
        if "program" in entry:
            self.hooks.setdefault(re.sub(r"_.*", "", entry["program"]), []).append(entry)
        elif "map" not in entry:
            self.memory, self.good = int(entry["memory"]), entry["verdict"] == "good"

    def walked(self):
        firsts = (next((p["walked"] for p in h if p["verdict"] == "good"), 0) for h in self.hooks.values())
        return list(firsts)

    def outcome(self):
        if self.good:
            return "loads", ""
        for variants in self.hooks.values():
            if not any(p["verdict"] == "good" for p in variants):
                last = variants[-1]
                return "kernel", plain(f"{last['attach']} {last['target']}: {last['verdict']}: {last.get('reason', '')}")
        return "kernel", plain(self.said[-1]) if self.said else "tgrun says nothing"


def read_verdicts(lines):
    verdicts, now = {}, None
    for line in lines:
        if line.startswith("bundle "):
            now = verdicts.setdefault(line.split()[1], Verdict())
        elif now:
            now.take(line)
    return verdicts


def run_kernel(series, names, refused):
    """{policy: (outcome, what)}, {policy: Verdict}; None when the kernel cannot be run."""
    os.makedirs(f"{WORK}/{series}", exist_ok=True)
    ready = guest(series, [])
    if not ready:
        return None
    btf = ready[0].split()[1]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda i: compile_policy(series, btf, names[i], i), range(len(names))))
    compiled = [bundle_name(i) for i, refusal in enumerate(said) if refusal is None]
    lines = guest(series, compiled)
    if lines is None:
        return None
    verdicts, outcomes = read_verdicts(lines), {}
    for i, refusal in enumerate(said):
        verdict = verdicts.get(bundle_name(i), Verdict())
        outcome, what = refusal or verdict.outcome()
        if outcome == "error" and names[i] in refused:
            outcome = "refused"
        outcomes[names[i]] = (outcome, what)
    good = {names[i]: verdicts[bundle_name(i)] for i in range(len(names))
            if outcomes[names[i]][0] == "loads"}
    return outcomes, good


# ---- what is expected ---------------------------------------------------------------------------


def read_expected(path):
    """{(policy, kernel): (outcome, what, reason)}, and the comment on top."""
    expected, head = {}, []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                head.append(line)
            elif line.strip():
                policy, kernels, outcome, what, reason = (p.strip() for p in line.split("|"))
                for kernel in KERNELS if kernels == "all" else kernels.split():
                    expected[policy, kernel] = (outcome, what, reason)
    return expected, head


def explain(policy, kernel, found, expected):
    """The reason of a row: what it was for the same finding, or was for another kernel."""
    if found[0] == "gap":
        return "not compiled yet"
    for other in [kernel] + KERNELS:
        row = expected.get((policy, other))
        if row and row[:2] == found:
            return row[2]
    return "?"


def write_expected(path, head, expected, names):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(head)
        for policy in names:
            groups = {}
            for kernel in KERNELS:
                if (policy, kernel) in expected:
                    groups.setdefault(expected[policy, kernel], []).append(kernel)
            for row, kernels in groups.items():
                where = "all" if kernels == KERNELS else " ".join(kernels)
                f.write(" | ".join((policy, where) + row).replace("  ", " ") + "\n")


def judge(kernel, outcomes, expected):
    """Lines of what is not as expected."""
    wrong = []
    for policy, found in outcomes.items():
        row = expected.get((policy, kernel), ("loads", "", ""))
        if row[:2] != found:
            wrong.append(f"{policy}: {' '.join(found)}; expected {' '.join(row[:2])}")
        elif row[2] == "?":
            wrong.append(f"{policy}: {' '.join(found)}: the row has no reason")
    return wrong


# ---- output ---------------------------------------------------------------------------------


def print_table(names, results):
    print(f"\n{'policy':<66}" + "".join(f"{k:>9}" for k in results))
    for name in names:
        cells = (OUTCOMES[outcomes[name][0]][0] for outcomes, _ in results.values())
        print(f"{name:<66}" + "".join(f"{c:>9}" for c in cells))
    used = {outcomes[name][0] for outcomes, _ in results.values() for name in names}
    print()
    for outcome, (shown, meaning) in OUTCOMES.items():
        if outcome in used:
            print(f"{shown:>9}: {meaning}")


def print_reasons(names, results, expected):
    print("\nwhat does not load, and why:")
    for name in names:
        groups = {}
        for kernel, (outcomes, _) in results.items():
            if outcomes[name][0] != "loads":
                reason = expected.get((name, kernel), ("", "", "not expected"))[2]
                groups.setdefault((outcomes[name][1], reason), []).append(kernel)
        for (what, reason), kernels in groups.items():
            where = "" if len(kernels) == len(results) else " on " + ", ".join(kernels)
            print(f"  {name}{where}: {what}: {reason}")


def print_costs(results):
    print("\nof those that load: instructions the verifier walks, bytes of maps of their own")
    for kernel, (_, good) in results.items():
        walked = [sum(v.walked()) for v in good.values()]
        memory = [v.memory for v in good.values()]
        most = max(good, key=lambda n: sum(good[n].walked()))
        print(f"{kernel:>9}: {len(good)} policies, walked median {statistics.median(walked):.0f} (goal 2,000), "
              f"most {max(walked)} (goal 50,000, {most}); memory median {statistics.median(memory):.0f} "
              f"(goal 16,384), most {max(memory)}")


# ---- the run ----------------------------------------------------------------------------------


def main():
    corpus, path, kernels = sys.argv[1], sys.argv[2], sys.argv[3:] or KERNELS
    if not os.path.exists(f"{corpus}/index.csv"):
        print(f"corpus: SKIPPED, no {corpus}\n0 passed, 0 failed")
        return 0
    make_keys()
    names, refused = prepare(corpus)
    expected, head = read_expected(path)
    with ThreadPoolExecutor(2) as pool:
        runs = dict(zip(kernels, pool.map(lambda k: run_kernel(k, names, refused), kernels)))
    results = {k: r for k, r in runs.items() if r}
    if os.environ.get("BLESS"):
        for kernel, (outcomes, _) in results.items():
            for policy, found in outcomes.items():
                if found[0] == "loads":
                    expected.pop((policy, kernel), None)
                else:
                    expected[policy, kernel] = found + (explain(policy, kernel, found, expected),)
        write_expected(path, head, expected, names)
    if results:
        print_table(names, results)
        print_reasons(names, results, expected)
        print_costs(results)
        print()
    failed = 0
    for kernel, run in runs.items():
        wrong = judge(kernel, run[0], expected) if run else ["it did not run to its end"]
        for line in wrong:
            print(f"corpus: FAIL {kernel}: {line} (make bless-corpus)")
        failed += len(wrong)
    gone = sorted({policy for policy, _ in expected} - set(names))
    for policy in gone:
        print(f"corpus: FAIL a row for a policy that is not there: {policy}")
    total = len(names) * len(kernels)
    print(f"corpus: {max(0, total - failed)} passed, {failed + len(gone)} failed")
    return 1 if failed or gone else 0


if __name__ == "__main__":
    sys.exit(main())
