#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""prove.py KERNELS PROOF INSPECT REPORT: the figures of tgc prove against each other, against what
the proved bundle says, and against the report that is made without a kernel."""
import json
import sys

kernels = int(sys.argv[1])
proof, inspect, report = (json.load(open(name)) for name in sys.argv[2:])
static = {p["name"]: p for h in report["hooks"] for p in h["programs"]}

assert len(proof["kernels"]) == len(inspect["kernels"]) == kernels
for said, kept in zip(proof["kernels"], inspect["kernels"]):
    assert said["good"] and said["release"] == kept["release"], said["release"]
    assert said["memory"] == kept["memory"] == sum(m["memory"] for m in said["maps"]) > 0
    assert len(said["programs"]) == len(kept["proofs"]) == len(static)
    for p, k in zip(said["programs"], kept["proofs"]):
        assert p["name"] == k["program"] and p["verdict"] == k["verdict"] == "good", p
        assert all(p[key] == k[key] for key in ("walked", "xlated", "jited")), p
        # What is walked is more than the longest way without loops; the kernel drops dead code.
        assert p["walked"] > static[p["name"]]["longest_path"] / 2, p
        assert 0 < p["xlated"] <= 12 * static[p["name"]]["instructions"], p
        assert p["jited"] > p["xlated"] / 4, p
    if said["release"].startswith("6.12."):  # docs/budgets.md: the formulas are of this kernel
        assert said["memory"] == report["bytes"], (said["memory"], report["bytes"])
