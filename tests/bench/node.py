#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""node.py TGC TGRUN: what tgrun costs a node, on this machine: start, memory, processor time, bursts.

Figures only: nothing fails because of one. Needs root and a kernel with BPF.
"""
import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from node import WATCH, make_bundle, read, run, start, until

BUNDLES, POLICIES, PROCESSES = 10, 100, 10000
RATE, SECONDS, BURST = 10000, 10, 100000
TICK = os.sysconf("SC_CLK_TCK")
# A system call that nobody else makes on a quiet machine.
SYNCFS = 306
syncfs = ctypes.CDLL(None).syncfs


def policy(number, syscall):
    return WATCH.replace("watch-sync", "watch-%d" % number).replace(str(SYNCFS), str(syscall))


def tree(process):
    """tgrun and the processes that it has."""
    with open("/proc/%d/task/%d/children" % (process.pid, process.pid)) as file:
        return [process.pid] + [int(word) for word in file.read().split()]


def resident(process):
    """Kilobytes: the relay, and all of them (what they share counted in each)."""
    all_of_them = [int(re.search(r"VmRSS:\s+(\d+)", read("/proc/%d/status" % pid))[1]) for pid in tree(process)]
    return all_of_them[0], sum(all_of_them)


def busy(process):
    """Seconds of processor time."""
    words = [read("/proc/%d/stat" % pid).rpartition(")")[2].split() for pid in tree(process)]
    return sum(int(w[11]) + int(w[12]) for w in words) / TICK


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait()
    return re.search(r"stopped: .*", read("log"))[0]


def row(name, figure):
    print("node     %-60s %s" % (name, figure), flush=True)


def at_rate(rate, seconds):
    """In portions of ten milliseconds."""
    begin = time.monotonic()
    for i in range(seconds * 100):
        while time.monotonic() < begin + i / 100:
            time.sleep(0.001)
        for _ in range(rate // 100):
            syncfs(-1)
    return time.monotonic() - begin


def starts(tgc, tgrun):
    options = []
    for i in range(BUNDLES):
        make_bundle(tgc, "b%d.tgb" % i, {"p%d.yaml" % j: policy(j, 500 + j) for j in range(10 * i, 10 * i + 10)})
        run("mv", "cert.pem", "c%d.pem" % i)
        options += ["--bundle", "b%d.tgb" % i]
    run("sh", "-c", "cat c*.pem >cert.pem")
    for _ in range(3):
        process, _ = start(tgrun, "--cert", "cert.pem", *options)
        ready = re.search(r"ready: .*", read("log"))[0]
        stop(process)
    row("%d bundles of 10 policies" % BUNDLES, ready)


def memory(tgrun):
    process, _ = start(tgrun, "--cert", "cert.pem", "--bundle", "all.tgb")
    row("%d policies, resident (tgrun, with its helpers), kB" % POLICIES, "%d, %d" % resident(process))
    sleepers = [subprocess.Popen(["sleep", "600"]) for _ in range(PROCESSES)]
    until(lambda: read("events").count('"process_exec"') >= PROCESSES)
    row("the same, and %d processes" % PROCESSES, "%d, %d" % resident(process))
    for sleeper in sleepers:
        sleeper.kill()
    for sleeper in sleepers:
        sleeper.wait()
    stop(process)


def load(tgrun):
    process, _ = start(tgrun, "--cert", "cert.pem", "--bundle", "all.tgb")
    before = busy(process)
    took = at_rate(RATE, SECONDS)
    time.sleep(1)
    used = busy(process) - before
    row("%d events a second for %.1f s, of a core" % (RATE, took), "%.1f %%" % (100 * used / took))
    took = at_rate(BURST, 1)
    time.sleep(1)
    row("%d events in %.2f s" % (BURST, took), stop(process))


def main():
    tgc, tgrun = (os.path.abspath(p) for p in sys.argv[1:3])
    os.environ.setdefault("TGC_CACHE_DIR", os.path.abspath("cache"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        starts(tgc, tgrun)
        make_bundle(tgc, "all.tgb", {"q%d.yaml" % i: policy(i, SYNCFS if i == 0 else 500 + i) for i in range(POLICIES)})
        memory(tgrun)
        load(tgrun)


main()
