#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cri.py TGC TGRUN MODULES: a container runtime of Python's gRPC tells tgrun of pods.

tgrun runs on this machine; MODULES as for service.py. Needs root and a kernel with BPF. Runtimes that
break off, lie, or say nothing are among those that it asks.
"""
import concurrent.futures
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, sys.argv[3])

import cri_pb2 as cri
import grpc

from node import check, finish, make_bundle, read, run, start, sync, until

ENDPOINT = "runtime.sock"
UID = "3f0b2f7e-6a3c-4c55-9d36-0a8f5f6f1a77"
ID = "9f2c51d07be84a36a1d0e7cc52f4b8893d6e0f7ab2c84195d3b7a6e80f41c2d%d"
DIGEST = "registry.example/cart@sha256:4be1c79d2f60a5583d9f4e7ab1c26d8804f7e3a5b91dd26c71f08e62a5b3c7d9"
# Kills who makes a system call of nobody's, in pods of this namespace with this label.
POLICY = """apiVersion: cilium.io/v1alpha1
kind: TracingPolicyNamespaced
metadata:
  name: cri-kill
  namespace: shop
spec:
  podSelector:
    matchLabels:
      app: cart
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
      matchActions:
      - action: Sigkill
"""
SYNC = "import ctypes; ctypes.CDLL(None).syncfs(-1)"


def info(cgroup, **more):
    return {"info": json.dumps({"pid": 7, "runtimeSpec": {"linux": {"cgroupsPath": cgroup}}, **more})}


class Runtime:
    """What a container runtime answers; `events`: whether it tells of changes by itself."""

    def __init__(self, events=False):
        self.pods, self.boxes, self.asked = {}, {}, []
        self.listeners = queue.Queue() if events else None
        self.instead = {}  # a method: what to do instead
        self.server = None

    def pod(self, number, cgroup, name="cart-6d5f9c7b8-q2v4n", labels=None, uid=UID, state=0):
        labels = {"app": "cart", "pod-template-hash": "6d5f9c7b8", "io.kubernetes.pod.name": name,
                  "io.kubernetes.pod.uid": uid} if labels is None else labels
        meta = cri.PodSandboxMetadata(name=name, uid=uid, namespace="shop")
        self.pods["pod%d" % number] = (cri.PodSandbox(id="pod%d" % number, metadata=meta, labels=labels, state=state),
                                       cri.PodSandboxStatusResponse(info=info(cgroup)))

    def box(self, number, pod, cgroup, name="cart", state=1, **more):
        status = cri.ContainerStatus(started_at=1787213512250000000 if state == 1 else 0, image_ref=DIGEST,
                                     image=cri.ImageSpec(image="registry.example/cart:2.4.1"))
        self.boxes[ID % number] = (cri.Container(id=ID % number, pod_sandbox_id="pod%d" % pod, state=state,
                                                 metadata=cri.ContainerMetadata(name=name)),
                                   cri.ContainerStatusResponse(status=status, info=info(cgroup, **more)))

    def answer(self, name, request):
        # a request of a status is made of an id and a switch
        of = cri.VersionResponse.FromString(b"").FromString  # any parser: only errors count
        wanted = request[2:2 + request[1]].decode() if name.endswith("Status") else None
        assert not wanted or request[2 + request[1]:] == b"\x10\x01" and of(request) is not None
        if name == "Version":
            return cri.VersionResponse(runtime_name="containerd", runtime_version="1").SerializeToString()
        if name == "ListPodSandbox":
            return b"".join(field(1, pod.SerializeToString()) for pod, _ in self.pods.values())
        if name == "ListContainers":
            return b"".join(field(1, box.SerializeToString()) for box, _ in self.boxes.values())
        found = (self.pods if name == "PodSandboxStatus" else self.boxes).get(wanted)
        return found and found[1].SerializeToString()

    def unary(self, name, request, context):
        self.asked.append(name)
        instead = self.instead.get(name)
        if instead is not None:
            return instead(context) if callable(instead) else instead
        result = self.answer(name, request)
        if result is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such container")
        return result

    def stream(self, _, context):
        if not self.listeners:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "unknown method GetContainerEvents")
        self.asked.append("GetContainerEvents")
        yield b""  # a change of nothing
        while context.is_active():
            try:
                yield self.listeners.get(timeout=0.2)
            except queue.Empty:
                pass

    def service(self, details):
        path, name = details.method.rsplit("/", 1)
        if path != "/runtime.v1.RuntimeService":
            return None
        if name == "GetContainerEvents":
            return grpc.unary_stream_rpc_method_handler(self.stream)
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self.unary(name, request, context))

    def serve(self):
        handler = type("Handler", (grpc.GenericRpcHandler,), {"service": lambda _, details: self.service(details)})()
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
        self.server.add_generic_rpc_handlers((handler,))
        self.server.add_insecure_port("unix:" + os.path.abspath(ENDPOINT))
        self.server.start()
        return self

    def stop(self):
        self.server.stop(0).wait(10)
        if os.path.exists(ENDPOINT):
            os.unlink(ENDPOINT)


def field(number, data):
    size, out = len(data), bytearray([number << 3 | 2])
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    return bytes(out) + bytes([size]) + data


class Node:
    """A tgrun that asks at the endpoint."""

    def __init__(self, tgrun, root, *options):
        self.process, self.address = start(tgrun, "--enable-cri", "--cri-endpoint",
                                           "unix://" + os.path.abspath(ENDPOINT), "--cgroup-root", root, *options)

    def metric(self, name):
        with urllib.request.urlopen("http://%s/metrics" % self.address, timeout=10) as reply:
            found = re.search("^%s ([0-9.]+)$" % re.escape(name), reply.read().decode(), re.M)
        return float(found[1]) if found else None

    def reaches(self, name, value):
        there = until(lambda: self.metric(name) == value, 30)
        check("%s becomes %s" % (name, value), there, (self.metric(name), read("log")))

    def failed(self, cause):
        return self.metric('tgrun_cri_failures_total{cause="%s"}' % cause)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        check("it ends", self.process.wait(30) == 0, read("log"))


def in_cgroup(folder, *words):
    """The status of a program in this cgroup; a shell is its parent."""
    os.makedirs(folder, exist_ok=True)
    return subprocess.run(["/bin/sh", "-c", "echo $$ >%s/cgroup.procs && exec \"$@\"" % folder, "sh", *words],
                          check=False).returncode


def pods_of(argument):
    """`process.pod` of the programs that were started with this argument, or None; waits for one."""
    def ask():
        found = []
        for line in read("events").splitlines():
            process = json.loads(line).get("process_exec", {}).get("process", {})
            if process.get("arguments") == argument:
                found.append(process.get("pod"))
        return found
    return until(ask, 30)


# ---- pods that come and go -----------------------------------------------------------------------


def check_identity(node, base):
    """A container that was there before, in all its fields."""
    in_cgroup(base + "/pod%s/first" % UID, "/bin/true", "first")
    pod = pods_of("first")[0]
    check("the pod", pod == {
        "namespace": "shop", "name": "cart-6d5f9c7b8-q2v4n", "uid": UID,
        "container": {"id": "containerd://" + ID % 1, "name": "cart",
                      "image": {"id": DIGEST, "name": "registry.example/cart:2.4.1"},
                      "start_time": "2026-08-20T08:11:52.250Z", "security_context": {"privileged": True}},
        "pod_labels": {"app": "cart", "pod-template-hash": "6d5f9c7b8"},
        "workload": "cart", "workload_kind": "Deployment"}, pod)
    check("privileges", node.metric("tgrun_cri_connected") == 1)


def check_enforced(base, folder, status):
    result = in_cgroup("%s/%s" % (base, folder), sys.executable, "-c", SYNC)
    check("the policy in %s" % folder, result == status, result)


def check_counted(tgrun):
    """What the policy did all the time is in the list."""
    def counters():
        listed = subprocess.run([tgrun, "ctl", "--socket", "ctl.sock", "--json", "list"], text=True, check=True,
                                stdout=subprocess.PIPE).stdout
        return json.loads(listed)["policies"][0]["action_counters"]
    counts = until(lambda: counters()["signal"] == "4" and counters(), 30) or counters()
    check("counters", {name: n for name, n in counts.items() if n != "0"} == {"post": "4", "signal": "4"}, counts)


def check_changes(node, runtime, base):
    """Containers come and go; what is around a pod's containers is in the pod."""
    check_enforced(base, "pod%s/unlisted" % UID, -signal.SIGKILL)
    os.makedirs(base + "/pod%s/second" % UID)
    runtime.box(2, 1, "%s/pod%s/second" % (os.path.basename(base), UID), name="helper")
    node.reaches("tgrun_cri_containers", 2)
    in_cgroup(base + "/pod%s/second" % UID, "/bin/true", "second")
    pod = pods_of("second")[0]
    check("a container that came", pod["container"]["name"] == "helper", pod)
    del runtime.boxes[ID % 2]
    node.reaches("tgrun_cri_containers", 1)
    check("privileged is of one only", "privileged" not in pod["container"]["security_context"], pod)


def check_restart(node, runtime, base):
    """The runtime is away for a while."""
    runtime.stop()
    node.reaches("tgrun_cri_connected", 0)
    check_enforced(base, "pod%s/first" % UID, -signal.SIGKILL)
    again = Runtime()
    again.pods, again.boxes = runtime.pods, runtime.boxes
    again.pod(3, "/elsewhere/pod3", name="web-0", uid="x", labels={"statefulset.kubernetes.io/pod-name": "web-0"})
    again.serve()
    node.reaches("tgrun_cri_connected", 1)
    node.reaches("tgrun_cri_pods", 2)
    check("it is told once", read("log").count("container runtime at") == 2 and
          read("log").count("it answers again") == 1, read("log"))
    return again


def check_lies(node, runtime):
    """What cannot be used is left out, and the rest stays."""
    runtime.pod(4, "../../etc", name="outside", uid="y")
    runtime.pod(5, "/" + "/".join("abcdefghijklmnopq"), name="deep", uid="z")
    runtime.pod(6, "/over", name="over", state=1)
    runtime.box(3, 1, "%s/../first" % UID)
    runtime.box(4, 4, "elsewhere/pod3")  # somebody else's
    runtime.box(5, 5, "")
    runtime.box(6, 1, "x", state=2)
    runtime.box(7, 1, "y", name="")
    runtime.boxes[ID % 8] = (cri.Container(id=ID % 8, pod_sandbox_id="pod1",
                                           metadata=cri.ContainerMetadata(name="gone")), None)
    node.reaches("tgrun_cri_pods", 4)
    node.reaches("tgrun_cri_left_out", 7)
    check("what was known", node.metric("tgrun_cri_containers") == 1)
    for number in range(3, 9):
        del runtime.boxes[ID % number]
    for number in range(4, 7):
        del runtime.pods["pod%d" % number]
    node.reaches("tgrun_cri_left_out", 0)


def check_limits(node, runtime):
    """More than there is room for, and answers that are too large or none."""
    for number in range(100, 2000):
        runtime.pod(number, "/many/p%d" % number, name="p%d" % number, uid="u")
    node.reaches("tgrun_cri_pods", 1902)
    check("those that have room", node.metric("tgrun_cri_left_out") > 300, read("log"))
    for number in range(100, 2000):
        del runtime.pods["pod%d" % number]
    node.reaches("tgrun_cri_pods", 2)
    for cause, instead in (
            ("too_large", bytes(17 << 20)), ("protocol", b"\xff\xff\xff"),
            ("refused", lambda context: context.abort(grpc.StatusCode.INTERNAL, "broken\nby \x1b[1m design"))):
        before = node.failed(cause)
        runtime.instead["ListContainers"] = instead
        check(cause, until(lambda: node.failed(cause) > before, 30), read("log"))
        check("pods stay", node.metric("tgrun_cri_pods") == 2)
        runtime.instead.clear()
        node.reaches("tgrun_cri_connected", 1)
    check("no control characters", "\x1b" not in read("log"), read("log"))


def check_pods(tgrun, mount):
    base = os.path.join(mount, "tgrun-cri-test-%d" % os.getpid())
    name = os.path.basename(base)
    os.makedirs(base + "/pod%s/first" % UID)
    os.makedirs(base + "/pod%s/sandbox" % UID)
    runtime = Runtime()
    runtime.pod(1, "/%s/pod%s/sandbox" % (name, UID))
    runtime.box(1, 1, "//%s/pod%s//first/" % (name, UID),
                config={"linux": {"security_context": {"privileged": True}}})
    runtime.serve()
    node = Node(tgrun, mount, "--cri-poll-interval", "100ms", "--cert", "cert.pem", "--bundle", "cri.tgb",
                "--user", "65534", "--control-socket", "ctl.sock")
    try:
        check_identity(node, base)
        check_enforced(base, "pod%s/first" % UID, -signal.SIGKILL)
        check_enforced(base, "elsewhere", 0)
        check_changes(node, runtime, base)
        runtime = check_restart(node, runtime, base)
        check_lies(node, runtime)
        check_limits(node, runtime)
        check_enforced(base, "pod%s/first" % UID, -signal.SIGKILL)
        check_counted(tgrun)
    finally:
        node.stop()
        runtime.stop()
        for folder in ("pod%s/first" % UID, "pod%s/second" % UID, "pod%s/unlisted" % UID, "pod%s/sandbox" % UID,
                       "pod%s" % UID, "elsewhere", ""):
            if os.path.isdir(os.path.join(base, folder)):
                os.rmdir(os.path.join(base, folder))


def check_events(tgrun, mount):
    """A runtime that tells of changes is not asked again and again."""
    runtime = Runtime(events=True)
    runtime.pod(1, "/nowhere/1", uid="a")
    runtime.serve()
    node = Node(tgrun, mount, "--cri-poll-interval", "1h", "--output", "none")
    node.reaches("tgrun_cri_pods", 1)
    node.reaches("tgrun_cri_events_total", 1)
    for number in range(2, 5):
        runtime.pod(number, "/nowhere/%d" % number, name="p%d" % number, uid="a")
        runtime.listeners.put(os.urandom(3000 * number))
        node.reaches("tgrun_cri_pods", number)
    node.reaches("tgrun_cri_events_total", 4)
    node.stop()
    runtime.stop()


# ---- who is no runtime ---------------------------------------------------------------------------


class Impostor(threading.Thread):
    """Listens at the endpoint, and has `answer` do something with each connection."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer, self.held = answer, []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(ENDPOINT)
        self.socket.listen(8)
        self.start()

    def run(self):
        while True:
            try:
                client = self.socket.accept()[0]
            except OSError:
                return
            try:
                self.answer(client)
            except OSError:
                pass
            self.held.append(client)

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        os.unlink(ENDPOINT)


def check_impostor(tgrun, mount, name, answer, cause, sentence):
    impostor = Impostor(answer)
    node = Node(tgrun, mount, "--output", "none")
    check(name, until(lambda: node.failed(cause), 30), read("log"))
    log = read("log")
    check("%s is told" % name, sentence in log and "What is known of pods stays" in log, log)
    check("%s is told once" % name, log.count(sentence) == 1, log)
    node.stop()
    impostor.stop()


def check_impostors(tgrun, mount):
    closed = "the connection was closed, or what comes is not gRPC"
    settings = b"\0\0\0\4\0\0\0\0\0"
    away = settings + b"\0\0\x08\7\0\0\0\0\0" + bytes(8)
    for name, answer in (("who hangs up", lambda client: client.close()),
                         ("garbage", lambda client: client.sendall(os.urandom(100000))),
                         ("HTTP/1", lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
                         ("who goes away", lambda client: client.sendall(away))):
        check_impostor(tgrun, mount, name, answer, "protocol", closed)


def check_others(tgrun, mount):
    """Nobody, somebody else's socket, and a runtime of another age."""
    node = Node(tgrun, mount, "--output", "none")
    check("nobody", node.failed("unreachable") and "No such file" in read("log") and "--cri-endpoint" in read("log"),
          read("log"))
    runtime = Runtime().serve()
    node.reaches("tgrun_cri_connected", 1)
    check("it has begun", "it answers again" in until(lambda: "again\n" in read("log") and read("log")), read("log"))
    node.stop()
    runtime.service = lambda details: None
    node = Node(tgrun, mount, "--output", "none")
    check("another age", node.failed("refused") and "CRI v1" in read("log"), read("log"))
    node.stop()
    runtime.stop()
    os.chmod(".", 0o777)
    server = subprocess.Popen(
        [sys.executable, "-c", "import os, socket; os.setuid(65534); s = socket.socket(socket.AF_UNIX); "
         "s.bind('%s'); s.listen(8); os.chmod(s.getsockname(), 0o666); print(flush=True); s.accept(); input()" % os.path.abspath(ENDPOINT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    server.stdout.readline()
    os.chmod(".", 0o755)
    node = Node(tgrun, mount, "--output", "none")
    check("somebody else's", node.failed("unreachable") and "neither root nor the user of tgrun" in read("log"), read("log"))
    node.stop()
    server.kill()
    server.wait()
    os.unlink(ENDPOINT)


def check_helper_ends(tgrun, mount):
    """The process that asks is killed: events go on."""
    runtime = Runtime().serve()
    node = Node(tgrun, mount)
    child = until(lambda: subprocess.run(["pgrep", "-P", str(node.process.pid), "-x", "tgrun-cri"], text=True,
                                         stdout=subprocess.PIPE, check=False).stdout.strip())
    status = read("/proc/%s/status" % child)
    check("without privileges", re.search(r"CapEff:\s0+\n", status) and re.search(r"CapBnd:\s0+\n", status) and
          re.search(r"NoNewPrivs:\s1", status) and re.search(r"Seccomp:\s2", status), status)
    check("nothing is open", sorted(os.listdir("/proc/%s/fd" % child))[:3] == ["0", "1", "2"] and
          len(os.listdir("/proc/%s/fd" % child)) <= 5, os.listdir("/proc/%s/fd" % child))
    os.kill(int(child), signal.SIGKILL)
    check("its end is told", until(lambda: "the process that asks it has ended" in read("log"), 30), read("log"))
    subprocess.run(["/bin/true", "after-the-end"], check=True)
    check("events go on", pods_of("after-the-end") == [None])
    node.reaches("tgrun_cri_connected", 0)
    node.stop()
    runtime.stop()


def check_stop_while_silent(tgrun, mount):
    """A runtime that hangs holds up neither the start for long, nor events, nor the end."""
    impostor = Impostor(lambda client: None)
    began = time.monotonic()
    node = Node(tgrun, mount)
    check("a start without an answer", "pods are known when it comes" in read("log") and time.monotonic() - began < 60,
          read("log"))
    subprocess.run(["/bin/true", "meanwhile"], check=True)
    check("events meanwhile", pods_of("meanwhile") == [None])
    check("it is told", until(lambda: "no answer within 10 s; it may be overloaded" in read("log"), 30),
          read("log"))
    check("it is counted", until(lambda: node.failed("timeout"), 30))
    node.stop()
    impostor.stop()


def check_options(tgrun):
    for words, sentence in (
            (["--cri-endpoint", "/x"], "--cri-endpoint needs --enable-cri"),
            (["--enable-cri", "--cri-endpoint", "tcp://x"], '--cri-endpoint: "tcp://x" is not a unix socket, as '
             "unix:///run/containerd/containerd.sock"),
            (["--enable-cri=maybe"], '--enable-cri: "maybe" is not true or false'),
            (["--enable-cri", "--cri-poll-interval", "1ms"],
             '--cri-poll-interval: "1ms" is not a time from 100ms to 1h, as 5s')):
        done = subprocess.run([tgrun, *words], text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        check(sentence, (done.returncode, done.stderr) == (2, "tgrun: %s\nTry tgrun --help.\n" % sentence), done)


def main():
    tgc, tgrun = map(os.path.realpath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.chmod(work, 0o755)
        make_bundle(tgc, "cri.tgb", {"kill.yaml": POLICY})
        os.mkdir("cgroup")
        run("mount", "-t", "cgroup2", "none", "cgroup")
        mount = os.path.abspath("cgroup")
        try:
            check_options(tgrun)
            check_pods(tgrun, mount)
            check_events(tgrun, mount)
            check_others(tgrun, mount)
            check_helper_ends(tgrun, mount)
            check_stop_while_silent(tgrun, mount)
            check_impostors(tgrun, mount)
        finally:
            run("umount", "-l", "cgroup")
        os.chdir("/")
    finish()


main()
