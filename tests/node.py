# SPDX-License-Identifier: Apache-2.0
"""A tgrun that runs on this machine, for tests that talk to it. Needs root and a kernel with BPF."""
import ctypes
import os
import re
import subprocess
import sys
import time

# Watches a system call that nobody makes by chance; sync() makes it.
WATCH = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata:
  name: watch-sync
spec:
  tracepoints:
  - subsystem: raw_syscalls
    event: sys_enter
    args:
    - index: 4
      type: syscall64
    selectors:
    - matchArgs:
      - index: 4
        operator: Equal
        values: ["306"]
"""
SECONDS = 60
results = {True: 0, False: 0}
suite = os.path.basename(sys.argv[0]).removesuffix(".py")


def check(name, good, shown=""):
    results[bool(good)] += 1
    if not good:
        print("%s: FAIL %s" % (suite, name), *str(shown).splitlines()[:20], sep="\n    ")


def finish():
    print("%s: %d passed, %d failed" % (suite, results[True], results[False]))
    sys.exit(results[False] != 0)


def until(ask, seconds=SECONDS):
    """The first true answer, or the last one."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.1)


def run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit("%s: %s: %s" % (suite, words[0], done.stdout))


def sync():
    """Of no file system, which takes no time."""
    ctypes.CDLL(None).syncfs(-1)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def make_bundle(tgc, bundle, policies):
    """In this folder, with its certificate (cert.pem); policies: {file: text}."""
    for name, text in policies.items():
        with open(name, "w", encoding="ascii") as file:
            file.write(text)
    run("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=test", "-days", "30",
        "-keyout", "key.pem", "-out", "cert.pem")
    run(tgc, "compile", "--no-project", "--key", "key.pem", "--cert", "cert.pem", "-o", bundle, *policies)


def start(tgrun, *options):
    """Its process, once it is ready, and where its metrics are; standard error is in `log`."""
    process = subprocess.Popen([tgrun, "--state-dir", "state", "--metrics-server", "127.0.0.1:0", "--server-info", "", *options],
                               stdout=open("events", "w"), stderr=open("log", "w"))

    def address():
        match = re.search(r"metrics: http://(\S+)/metrics", read("log"))
        return match[1] if match else process.poll() is not None and "none"
    where = until(address)
    if not where or where == "none":
        sys.exit("%s: tgrun did not start: %s" % (suite, read("log")))
    return process, where
