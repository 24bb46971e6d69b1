#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""metrics.py TGC TGRUN: a real Prometheus reads what tgrun serves.

tgrun runs on this machine with a bundle that watches a system call; promtool looks at every line,
Prometheus scrapes, and its own API says what it has understood. Needs root and a kernel with BPF.
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from node import WATCH, check, finish, make_bundle, start, sync, until

CONFIG = """global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
- job_name: tgrun
  static_configs: [{targets: ["%s"]}]
"""


def fetch(url, method="GET"):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def samples(text):
    """{name: {labels: value}} of the text form, read without mercy."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r'(\w+)(?:\{(.*)\})? ([0-9.]+)', line)
        check("line %s" % line, match)
        if match:
            found.setdefault(match[1], {})[match[2] or ""] = float(match[3])
    return found


def check_page(base):
    status, text, headers = fetch(base + "/metrics")
    check("status", status == 200, status)
    check("type", headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers)
    lint = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check("promtool has nothing to say", lint.returncode == 0 and not lint.stdout, lint.stdout)
    found = samples(text)
    policy = found.get("tetragon_policy_events_total", {})
    mine = [v for k, v in policy.items() if 'policy="watch-sync",hook="tracepoint:raw_syscalls/sys_enter"' in k
            and 'binary="%s"' % os.path.realpath(sys.executable) in k]
    check("the policy's event", mine == [1], policy)
    calls = [v for k, v in found.get("tetragon_syscalls_total", {}).items()
             if k.startswith('syscall="syncfs"')]
    check("the system call", sum(calls) >= 1, calls)
    check("one policy is enabled",
          found["tetragon_tracingpolicy_loaded"].get('state="enabled"') == 1)
    check("nothing was lost", sum(found["tetragon_bpf_missed_events_total"].values()) == 0)
    check("its memory", 0 < sum(found["tetragon_tracingpolicy_kernel_memory_bytes"].values()) < 1 << 20)
    check("records", found["tetragon_observer_ringbuf_events_received_total"][""] >= 1)
    check("the mode", found["tgrun_policy_mode"].get('policy="watch-sync",mode="monitor_only"') == 1,
          found["tgrun_policy_mode"])
    check("memory in use", 1 << 20 < found["process_resident_memory_bytes"][""] < 32 << 20,
          found["process_resident_memory_bytes"])
    check("start", abs(found["process_start_time_seconds"][""] - time.time()) < 600)


def check_pages(base):
    check("healthz", fetch(base + "/healthz")[:2] == (200, "ok\n"))
    check("readyz", fetch(base + "/readyz")[:2] == (200, "ok\n"))
    check("no page", fetch(base + "/x")[:2] == (404, "There are /metrics, /healthz and /readyz.\n"))
    status, _, headers = fetch(base + "/metrics", "DELETE")
    check("only reading", (status, headers["Allow"]) == (405, "GET, HEAD"))


def check_slow_clients(base, address):
    """More of them than there is room for; then they are let go, and others are answered."""
    host, port = address.rsplit(":", 1)
    slow = [socket.create_connection((host, int(port))) for _ in range(20)]
    for client in slow:
        client.sendall(b"GET /metrics HT")

    def answered():
        try:
            return fetch(base + "/healthz")[0] == 200
        except OSError:
            return False
    check("slow clients are let go", until(answered))
    for client in slow:
        client.close()


def check_prometheus(work, address):
    with open("prometheus.yml", "w", encoding="ascii") as config:
        config.write(CONFIG % address)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = "127.0.0.1:%d" % free.getsockname()[1]
    prometheus = subprocess.Popen(
        ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=" + work + "/tsdb",
         "--web.listen-address=" + own], stdout=subprocess.DEVNULL, stderr=open("prometheus.log", "w"))

    def query(text):
        url = "http://%s/api/v1/query?query=%s" % (own, urllib.parse.quote(text))
        try:
            return json.loads(fetch(url)[1])["data"]["result"]
        except (OSError, ValueError, KeyError):
            return []
    up = until(lambda: [r for r in query("up") if r["value"][1] == "1"])
    check("Prometheus says it is up", up, open("prometheus.log", encoding="utf-8").read()[-2000:])
    events = until(lambda: query('tetragon_policy_events_total{policy="watch-sync"}'))
    check("Prometheus has the events", any(r["value"][1] != "0" for r in events), events)
    dropped = query("scrape_samples_scraped - scrape_samples_post_metric_relabeling")
    check("Prometheus takes every sample", dropped and dropped[0]["value"][1] == "0", dropped)
    prometheus.terminate()
    prometheus.wait()


def main():
    tgc, tgrun = map(os.path.realpath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        make_bundle(tgc, "watch.tgb", {"policy.yaml": WATCH})
        process, address = start(tgrun, "--cert", "cert.pem", "--bundle", "watch.tgb")
        base = "http://" + address
        sync()
        until(lambda: "watch-sync" in open("events", encoding="utf-8").read())
        check_page(base)
        check_pages(base)
        check_slow_clients(base, address)
        check_prometheus(work, address)
        process.send_signal(signal.SIGTERM)
        check("it ends", process.wait(30) == 0)
        os.chdir("/")
    finish()


main()
