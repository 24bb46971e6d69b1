#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""service.py TGC TGRUN MODULES: an independent gRPC client asks what tgrun serves.

tgrun runs on this machine; the messages are those of runtime/grpc/*.proto, compiled for protobuf's
own Python into the folder MODULES. Needs root and a kernel with BPF.
"""
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, sys.argv[3])

import grpc
import health_pb2 as health
import sensors_pb2 as api
from google.protobuf import json_format, wrappers_pb2
from tetragon_pb2 import GetEventsResponse

from node import WATCH, check, finish, make_bundle, read, run, start, sync, until

SENSORS = "tetragon.FineGuidanceSensors"
LOG = "tetragon.EventLogService"
HEALTH = "grpc.health.v1.Health"
# Kills what does not exist.
KILL = WATCH.replace("watch-sync", "kill-sync") + """      matchBinaries:
      - operator: In
        values: ["/nonexistent"]
      matchActions:
      - action: Sigkill
"""
Code = grpc.StatusCode


def call(channel, name, request, response, service=SENSORS):
    """The answer, or (code, sentence)."""
    method = channel.unary_unary("/%s/%s" % (service, name), request_serializer=type(request).SerializeToString,
                                 response_deserializer=response.FromString)
    try:
        return method(request, timeout=30)
    except grpc.RpcError as error:
        return error.code(), error.details()


def events(channel, **request):
    return channel.unary_stream("/%s/GetEvents" % SENSORS, request_serializer=api.GetEventsRequest.SerializeToString,
                                response_deserializer=GetEventsResponse.FromString)(
                                    api.GetEventsRequest(**request), timeout=60)


def metric(address, name):
    with urllib.request.urlopen("http://%s/metrics" % address, timeout=10) as reply:
        text = reply.read().decode()
    found = re.search("^%s ([0-9.]+)$" % re.escape(name), text, re.M)
    return float(found[1]) if found else None


def connected(address, stream_count):
    """A stream is there once the server counts it."""
    there = until(lambda: metric(address, "tgrun_grpc_event_streams") == stream_count, 10)
    check("%d streams" % stream_count, there, metric(address, "tgrun_grpc_event_streams"))
    return there


# ---- what can be asked ---------------------------------------------------------------------------


def check_node(channel):
    answer = call(channel, "GetVersion", api.GetVersionRequest(), api.GetVersionResponse)
    check("version", re.fullmatch(r"tgrun \d+\.\d+\.\d+", answer.version), answer)
    answer = call(channel, "GetHealth", api.GetHealthStatusRequest(), api.GetHealthStatusResponse)
    check("health", json_format.MessageToDict(answer) == {"healthStatus": [
        {"event": "HEALTH_STATUS_TYPE_STATUS", "status": "HEALTH_STATUS_RUNNING", "details": "running"}]}, answer)
    answer = call(channel, "GetInfo", api.GetInfoRequest(), api.GetInfoResponse)
    size = wrappers_pb2.StringValue()
    values = {setting.key: setting.value for setting in answer.conf}
    check("info: a setting", values["process-cache-size"].Unpack(size) and size.value == "65536", answer)
    check("info", answer.name == "tgrun" and answer.build.go_version.startswith("C, "), answer)
    answer = call(channel, "ListDomains", api.ListDomainsRequest(), api.ListDomainsResponse)
    check("domains", list(answer.domains) == ["static"], answer)
    answer = call(channel, "GetDebug", api.GetDebugRequest(), api.GetDebugResponse)
    check("log level", answer.level == api.LOG_LEVEL_INFO, answer)


def check_health(channel):
    def status(service):
        return call(channel, "Check", health.HealthCheckRequest(service=service), health.HealthCheckResponse, HEALTH)
    for service in ("", "liveness", SENSORS, LOG):
        check("health of \"%s\"" % service, status(service).status == health.HealthCheckResponse.SERVING)
    check("health of nobody", status("x") == (Code.NOT_FOUND, 'there is no service "x"'), status("x"))
    for service, expected in (("", health.HealthCheckResponse.SERVING),
                              ("x", health.HealthCheckResponse.SERVICE_UNKNOWN)):
        watch = channel.unary_stream("/%s/Watch" % HEALTH,
                                     request_serializer=health.HealthCheckRequest.SerializeToString,
                                     response_deserializer=health.HealthCheckResponse.FromString)(
                                         health.HealthCheckRequest(service=service), timeout=60)
        check("watch of \"%s\"" % service, next(watch).status == expected)
        watch.cancel()


def check_refused(channel):
    code, sentence = call(channel, "AddTracingPolicy", api.AddTracingPolicyRequest(yaml=WATCH),
                          api.AddTracingPolicyResponse)
    check("AddTracingPolicy", code == Code.FAILED_PRECONDITION and "`tgc compile`" in sentence, sentence)
    for name, request, response in (
            ("ListSensors", api.ListSensorsRequest(), api.ListSensorsResponse),
            ("EnableSensor", api.EnableSensorRequest(name="x"), api.EnableSensorResponse),
            ("DisableSensor", api.DisableSensorRequest(name="x"), api.DisableSensorResponse),
            ("RemoveSensor", api.RemoveSensorRequest(name="x"), api.RemoveSensorResponse),
            ("SetDebug", api.SetDebugRequest(level=api.LOG_LEVEL_DEBUG), api.SetDebugResponse),
            ("GetDebug", api.GetDebugRequest(flag=api.CONFIG_FLAG_DUMP_PROCESS_CACHE), api.GetDebugResponse),
            ("GetStackTraceTree", api.GetVersionRequest(), api.GetVersionResponse)):
        answer = call(channel, name, request, response)
        check(name, answer[0] == Code.UNIMPLEMENTED and answer[1], answer)
    method = channel.unary_unary("/%s/GetVersion" % SENSORS, request_serializer=lambda data: data)
    for name, data, code in (("no message", b"\xff\xff", Code.INVALID_ARGUMENT),
                              ("unknown fields", b"\x78\x01\x82\x01\x02hi", None),
                              ("too long", bytes(300 << 10), Code.RESOURCE_EXHAUSTED)):
        try:
            method(data, timeout=30)
            check(name, code is None)
        except grpc.RpcError as error:
            check(name, error.code() == code, error)
    try:
        method(b"", timeout=30, compression=grpc.Compression.Gzip, metadata=(("x", "y" * 20000),))
        check("long headers", False)
    except grpc.RpcError as error:
        check("long headers", error.code() in (Code.INVALID_ARGUMENT, Code.UNIMPLEMENTED), error)


def check_rotation(channel):
    def asked(**values):
        return call(channel, "SetEventLogParams", api.SetEventLogParamsRequest(**values),
                    api.SetEventLogParamsResponse, LOG)

    def now():
        answer = call(channel, "GetEventLogParams", api.GetEventLogParamsRequest(), api.GetEventLogParamsResponse, LOG)
        return answer.max_size, answer.rotation_interval, answer.max_backups
    check("rotation", now() == (10, "0s", 5), now())
    asked(max_size=20)
    check("size", now() == (20, "0s", 5), now())
    asked(rotation_interval="1h30m", max_backups=0)
    check("interval", now() == (20, "1h30m0s", 0), now())
    for values in ({"max_size": 0}, {"max_backups": -1}, {"max_size": 30, "rotation_interval": "soon"}):
        answer = asked(**values)
        check("rotation %s" % values, answer[0] == Code.INVALID_ARGUMENT and answer[1], answer)
    check("nothing of it is done", now() == (20, "1h30m0s", 0), now())


# ---- policies --------------------------------------------------------------------------------------


def policies(channel, domain=""):
    answer = call(channel, "ListTracingPolicies", api.ListTracingPoliciesRequest(domain=domain),
                  api.ListTracingPoliciesResponse)
    return {policy.name: policy for policy in answer.policies}


def configure(channel, name, **values):
    return call(channel, "ConfigureTracingPolicy", api.ConfigureTracingPolicyRequest(name=name, **values),
                api.ConfigureTracingPolicyResponse)


def check_list(channel):
    sync()
    until(lambda: policies(channel)["watch-sync"].stats.action_counters.post > 0)
    found = policies(channel)
    check("the policies", sorted(found) == ["kill-sync", "watch-sync"], found)
    watch, kill = found["watch-sync"], found["kill-sync"]
    check("state", watch.state == api.TP_STATE_ENABLED and watch.enabled, watch)
    check("modes", (watch.mode, kill.mode) == (api.TP_MODE_MONITOR_ONLY, api.TP_MODE_ENFORCE), found)
    check("memory", 0 < watch.kernel_memory_bytes < 4 << 20, watch)
    check("events", watch.stats.action_counters.post == 1 and not kill.stats.action_counters.post, watch)
    check("ids", watch.id and kill.id and watch.id != kill.id, found)
    check("domain", watch.domain == "static" and policies(channel, "static").keys() == found.keys(), watch)
    check("another domain", not policies(channel, "k8s"))


def synced(stream, channel):
    """Whether the policy reports what is done, before something else that is seen for certain."""
    sync()
    subprocess.run(["/bin/true"], check=True)
    return next(stream).WhichOneof("event") == "process_tracepoint" and bool(next(stream))


def check_changes(channel, address):
    empty = api.ConfigureTracingPolicyResponse()
    stream = events(channel, allow_list=[api.Filter(policy_names=["watch-sync"]),
                                         api.Filter(event_set=["PROCESS_EXEC"], binary_regex=["^/bin/true$"])])
    connected(address, 1)
    check("enabled", synced(stream, channel))
    check("off", configure(channel, "watch-sync", enable=False) == empty)
    check("state", policies(channel)["watch-sync"].state == api.TP_STATE_DISABLED)
    check("disabled", not synced(stream, channel))
    check("on", configure(channel, "watch-sync", enable=True) == empty)
    check("enabled again", synced(stream, channel))
    for name, request, response, state in (
            ("DisableTracingPolicy", api.DisableTracingPolicyRequest, api.DisableTracingPolicyResponse,
             api.TP_STATE_DISABLED),
            ("EnableTracingPolicy", api.EnableTracingPolicyRequest, api.EnableTracingPolicyResponse,
             api.TP_STATE_ENABLED)):
        answer = call(channel, name, request(name="watch-sync"), response)
        check(name, answer == response() and policies(channel)["watch-sync"].state == state, answer)
    check("mode", configure(channel, "kill-sync", mode=api.TP_MODE_MONITOR) == empty and
          policies(channel)["kill-sync"].mode == api.TP_MODE_MONITOR)
    check("and back", configure(channel, "kill-sync", mode=api.TP_MODE_ENFORCE) == empty and
          policies(channel)["kill-sync"].mode == api.TP_MODE_ENFORCE)
    stream.cancel()
    for name, expected, answer in (
            ("nothing to enforce", Code.FAILED_PRECONDITION, configure(channel, "watch-sync", mode=api.TP_MODE_ENFORCE)),
            ("no mode", Code.INVALID_ARGUMENT, configure(channel, "kill-sync", mode=api.TP_MODE_MONITOR_ONLY)),
            ("no policy", Code.NOT_FOUND, configure(channel, "x", enable=True)),
            ("no name", Code.INVALID_ARGUMENT, configure(channel, "", enable=True)),
            ("a namespace", Code.NOT_FOUND, configure(channel, "watch-sync", namespace="shop", enable=True)),
            ("a domain", Code.NOT_FOUND, configure(channel, "watch-sync", domain="k8s", enable=True))):
        check(name, answer != empty and answer[0] == expected and answer[1], answer)


def check_delete(channel):
    def delete():
        return call(channel, "DeleteTracingPolicy", api.DeleteTracingPolicyRequest(name="kill-sync"),
                    api.DeleteTracingPolicyResponse)
    check("delete", delete() == api.DeleteTracingPolicyResponse())
    check("it is gone", list(policies(channel)) == ["watch-sync"])
    check("twice", delete()[0] == Code.NOT_FOUND)


# ---- events ----------------------------------------------------------------------------------------


def check_events(channel, address):
    """What is streamed is what the export file has, field for field."""
    plain = events(channel, allow_list=[api.Filter(policy_names=["watch-sync"])],
                   aggregation_options=api.AggregationOptions(channel_buffer_size=5))
    denied = events(channel, deny_list=[api.Filter(event_set=["PROCESS_EXIT"]), api.Filter(policy_names=["watch-sync"])],
                    allow_list=[api.Filter(pid_set=[os.getpid()])])
    shorn = events(channel, allow_list=[api.Filter(event_set=["PROCESS_TRACEPOINT"])], field_filters=[
        api.FieldFilter(fields={"paths": ["process.pid", "policy_name"]}),
        api.FieldFilter(fields={"paths": ["process"]}, action=api.EXCLUDE, event_set=["PROCESS_EXEC"])])
    connected(address, 3)
    before = os.path.getsize("export.json")
    sync()
    subprocess.run(["/bin/true", "a b"], check=True)
    got = next(plain)

    def exported():
        lines = [line for line in read("export.json")[before:].splitlines() if "watch-sync" in line]
        return lines and json_format.Parse(lines[0], GetEventsResponse())
    check("as in the export file", until(exported) == got, got)
    check("the process", got.process_tracepoint.process.pid.value == os.getpid(), got)
    got = next(denied)
    check("filters", got.process_exec.process.arguments == ' "a b"' or
          got.process_exec.process.binary == "/bin/true", got)
    got = json_format.MessageToDict(next(shorn), preserving_proto_field_name=True)
    check("fields", got["process_tracepoint"] == {"process": {"pid": os.getpid()}, "policy_name": "watch-sync"}, got)
    for stream in (plain, denied, shorn):
        stream.cancel()
    connected(address, 0)


def check_bad_filters(channel):
    sets = api.CapFilter(effective=api.CapFilterSet(any=["CAP_BPF"]))
    for name, request in (("regex", {"allow_list": [api.Filter(binary_regex=["("])]}),
                          ("deny", {"deny_list": [api.Filter(), api.Filter(pod_regex=["("])]}),
                          ("CEL", {"allow_list": [api.Filter(cel_expression=["process_exec.process.pid >"])]}),
                          ("CEL types", {"allow_list": [api.Filter(cel_expression=["process_exec.process.binary"])]}),
                          ("labels", {"allow_list": [api.Filter(labels=["a in"])]}),
                          ("values", {"allow_list": [api.Filter(pid=range(1025))]}),
                          ("credentials", {"allow_list": [api.Filter(capabilities=sets)]}),
                          ("fields", {"field_filters": [api.FieldFilter(fields={"paths": ["a..b"]})]})):
        try:
            next(events(channel, **request))
            check(name, False)
        except grpc.RpcError as error:
            check("filter: " + name, error.code() == Code.INVALID_ARGUMENT and error.details(), error)


def check_tcp(address):
    where = until(lambda: re.search(r"gRPC: (127\.0\.0\.1:\d+)", read("log")))
    with grpc.insecure_channel(where[1]) as channel:
        answer = call(channel, "GetVersion", api.GetVersionRequest(), api.GetVersionResponse)
        check("by TCP", answer.version.startswith("tgrun "), answer)
        stream = events(channel, allow_list=[api.Filter(policy_names=["watch-sync"])])
        connected(address, 1)
        sync()
        check("events by TCP", next(stream).process_tracepoint.policy_name == "watch-sync")
        stream.cancel()
        try:
            next(events(channel, allow_list=[api.Filter(pid=range(65))]))
            check("fewer values by TCP", False)
        except grpc.RpcError as error:
            check("fewer values by TCP", error.code() == Code.INVALID_ARGUMENT, error)
        answer = configure(channel, "watch-sync", enable=False)
        check("no change by TCP", answer[0] == Code.PERMISSION_DENIED, answer)
    connected(address, 0)


# ---- clients that are no good ------------------------------------------------------------------------

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


SETTINGS = frame(4, 0, 0)
GET_EVENTS = frame(1, 4, 1, b"".join(literal(*pair) for pair in (
    (b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"x"),
    (b":path", b"/%s/GetEvents" % SENSORS.encode()),
    (b"content-type", b"application/grpc"), (b"te", b"trailers")))) + frame(0, 1, 1, bytes(5))
# All of the flow control that there is, so that only the queue is a limit.
WIDE = frame(8, 0, 0, b"\x7f\0\0\0") + frame(8, 0, 1, b"\x7f\0\0\0")


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.settimeout(60)
    return client


def send(client, data):
    try:
        client.sendall(data)
    except OSError:
        pass


def check_slow(channel, path, address):
    """Its queue is full some time; others have theirs, and tgrun its work."""
    slow = connect(path)
    slow.sendall(PREFACE + SETTINGS + GET_EVENTS + WIDE)
    good = events(channel, allow_list=[api.Filter(policy_names=["watch-sync"])])
    connected(address, 2)
    lost = 'tgrun_output_events_left_out_total{output="gRPC",cause="queue_full"}'
    read_by_good = 0

    def overflown():
        nonlocal read_by_good
        for _ in range(500):
            sync()
        for _ in range(500):
            next(good)
            read_by_good += 1
        return metric(address, lost) > 0
    check("a slow client loses events", until(overflown), read_by_good)
    check("its queue was full", metric(address, "tgrun_grpc_queued_bytes") > 1 << 20)
    before = metric(address, lost)
    sync()
    check("others get them", bool(next(good)))
    check("and they are counted", until(lambda: metric(address, lost) > before))
    good.cancel()
    slow.close()
    connected(address, 0)
    check("with its queue", until(lambda: metric(address, "tgrun_grpc_queued_bytes") == 0))


def check_many(path, address):
    """More clients than there is room for, and more streams than one client may have."""
    clients = [connect(path) for _ in range(40)]
    refused = until(lambda: metric(address, "tgrun_grpc_clients_refused_total") >= 8)
    check("one too many", refused and metric(address, "tgrun_grpc_clients") == 32)
    for client in clients:
        client.close()
    check("room again", until(lambda: metric(address, "tgrun_grpc_clients") <= 1))
    one = connect(path)
    one.sendall(PREFACE + SETTINGS + b"".join(
        GET_EVENTS.replace(struct.pack(">I", 1), struct.pack(">I", 2 * i + 1)) for i in range(20)))
    connected(address, 16)
    one.close()
    connected(address, 0)


def ends(client):
    """Whether the server closes the connection."""
    try:
        while client.recv(65536):
            pass
    except socket.timeout:
        return False
    except OSError:
        pass
    return True


def check_garbage(path, address):
    dice = random.Random(5)
    for i in range(60):
        client = connect(path)
        send(client, (PREFACE + SETTINGS if i % 3 else b"") + (GET_EVENTS if i % 3 == 2 else b"") +
             dice.randbytes(dice.randrange(1, 4096)))
        client.close()
    client = connect(path)
    send(client, b"GET / HTTP/1.1\r\n\r\n" * 10)
    check("another protocol", ends(client))
    client = connect(path)
    flood = frame(4, 0, 0) * 2000
    send(client, PREFACE + flood)
    check("a flood of settings", ends(client))
    check("they are all gone", until(lambda: metric(address, "tgrun_grpc_clients") <= 1))


def check_hook(channel):
    request = api.RuntimeHookRequest(createContainer=api.CreateContainer(
        cgroupsPath="/x", podName="a", podNamespace="b", containerName="c"))
    answer = call(channel, "RuntimeHook", request, api.RuntimeHookResponse)
    check("a hook, and no workloads", answer[0] == Code.FAILED_PRECONDITION and "--workloads" in answer[1], answer)
    answer = call(channel, "RuntimeHook", api.RuntimeHookRequest(), api.RuntimeHookResponse)
    check("a hook of nothing", answer[0] == Code.INVALID_ARGUMENT, answer)


# ---- containers ----------------------------------------------------------------------------------------


def hook(channel, cgroup, name="job"):
    return call(channel, "RuntimeHook", api.RuntimeHookRequest(createContainer=api.CreateContainer(
        cgroupsPath=cgroup, podName="cart-1", podNamespace="shop", containerName=name,
        containerID="0123456789abcdef0123456789abcdef", annotations={"a": "b"})), api.RuntimeHookResponse)


def in_cgroup(folder):
    """A program in this cgroup."""
    subprocess.run(["/bin/sh", "-c", "echo $$ > %s/cgroup.procs && exec /bin/true" % folder], check=True)


def check_containers(tgrun, mount):
    """A container that a runtime tells of is known before its first program."""
    new = os.path.join(mount, "tgrun-service-test-%d" % os.getpid())
    scope = os.path.join(new, "t.slice/t-u.slice/cri-9.scope")
    with open("workloads.json", "w", encoding="ascii") as file:
        json.dump({"pods": [{"namespace": "shop", "name": "cart-1", "labels": {"app": "cart"},
                             "containers": [{"name": "cart", "cgroup": "not-there"}]}]}, file)
    process, address = start(tgrun, "--workloads", "workloads.json", "--cgroup-root", mount,
                             "--server-address", "unix://" + os.path.abspath("tgrun.sock"), "--output", "none")
    try:
        with grpc.insecure_channel("unix:" + os.path.abspath("tgrun.sock")) as channel:
            name = os.path.basename(new)
            answer = hook(channel, "/" + name)
            check("no cgroup", answer == (Code.FAILED_PRECONDITION, "there is no cgroup " + name), answer)
            os.makedirs(scope)
            check("hook", hook(channel, "/" + name) == api.RuntimeHookResponse())
            stream = events(channel, allow_list=[api.Filter(labels=["app=cart"], event_set=["PROCESS_EXEC"],
                                                            binary_regex=["true$"])])
            connected(address, 1)
            in_cgroup(new)
            pod = next(stream).process_exec.process.pod
            check("the pod", (pod.namespace, pod.name, pod.container.name) == ("shop", "cart-1", "job"), pod)
            check("its labels", dict(pod.pod_labels) == {"app": "cart"}, pod)
            os.rename("workloads.json", "new.json")
            os.rename("new.json", "workloads.json")
            until(lambda: "read again" in read("log"))
            in_cgroup(new)
            check("it stays", next(stream).process_exec.process.pod.container.name == "job")
            stream.cancel()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        for folder in (scope, os.path.dirname(scope), os.path.join(new, "t.slice"), new):
            if os.path.isdir(folder):
                os.rmdir(folder)


def check_stop(channel, process, path, address):
    stream = events(channel)
    connected(address, 1)
    process.send_signal(signal.SIGTERM)
    try:
        for _ in stream:
            pass
        check("streams end", False)
    except grpc.RpcError as error:
        check("streams end", error.code() == Code.UNAVAILABLE, error)
    check("it ends", process.wait(30) == 0, read("log"))
    check("the socket is gone", not os.path.exists(path))
    check("the info is gone", os.path.isdir("info") and not os.listdir("info"))


def check_addresses(tgrun):
    """What cannot be served."""
    with open("file", "w", encoding="ascii"):
        pass
    here = os.getcwd()
    for value, part in (("unix://relative", "is no path of a socket"), ("unix://%s/file" % here, "no socket"),
                        ("unix:///nonexistent/s", "No such file"), ("0.0.0.0:0", "not an address of this machine"),
                        ("example.com:1", "is not an address to listen on")):
        done = subprocess.run([tgrun, "--state-dir", "state", "--server-address", value], text=True,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        check(value, done.returncode in (1, 2, 3, 4) and part in done.stderr, done)


def check_info(tgrun, process, path, metrics):
    """By this file tetra finds the service; who has written it keeps it."""
    file = "info/tetragon-info.json"
    info = json.loads(read(file))
    check("info", (info["server_address"], info["metrics_address"], info["pid"], info["export_fname"]) ==
          ("unix://" + path, metrics, process.pid, "export.json"), info)
    check("its mode", os.stat(file).st_mode & 0o777 == 0o644 and os.stat("info").st_mode & 0o777 == 0o755)
    other = subprocess.Popen([tgrun, "--state-dir", "state", "--server-address", "unix://" + path + "2",
                              "--server-info", file, "--output", "none"], text=True, stderr=subprocess.PIPE)
    line = other.stderr.readline()
    check("it is kept", "is of process %d" % process.pid in line and json.loads(read(file)) == info, line)
    other.send_signal(signal.SIGTERM)
    other.communicate(timeout=60)
    check("and stays", os.path.exists(file))


def check_all(tgrun, mount):
    path = os.path.abspath("tgrun.sock")
    leftover = socket.socket(socket.AF_UNIX)
    leftover.bind(path)
    leftover.close()
    process, address = start(tgrun, "--cert", "cert.pem", "--bundle", "both.tgb", "--server-address", "unix://" + path,
                             "--server-address", "127.0.0.1:0", "--export-filename", "export.json",
                             "--server-info", "info/tetragon-info.json")
    check_info(tgrun, process, path, address)
    check("its mode", os.stat(path).st_mode & 0o777 == 0o660, oct(os.stat(path).st_mode))
    check("served already", "another process serves" in subprocess.run(
        [tgrun, "--state-dir", "state", "--server-address", "unix://" + path], text=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE).stderr)
    with grpc.insecure_channel("unix:" + path) as channel:
        check_node(channel)
        check_health(channel)
        check_refused(channel)
        check_rotation(channel)
        check_list(channel)
        check_changes(channel, address)
        check_events(channel, address)
        check_bad_filters(channel)
        check_tcp(address)
        check_hook(channel)
        check_slow(channel, path, address)
        check_many(path, address)
        check_garbage(path, address)
        check_delete(channel)
        check_stop(channel, process, path, address)
    check_containers(tgrun, mount)
    check_addresses(tgrun)


def main():
    tgc, tgrun = map(os.path.realpath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        make_bundle(tgc, "both.tgb", {"watch.yaml": WATCH, "kill.yaml": KILL})
        os.mkdir("cgroup")
        run("mount", "-t", "cgroup2", "none", "cgroup")
        try:
            check_all(tgrun, os.path.abspath("cgroup"))
        finally:
            run("umount", "-l", "cgroup")
        os.chdir("/")
    finish()


main()
