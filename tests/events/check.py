#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check.py MODULES ENCODER FILE...: every line is an event that protobuf's own reader takes as Tetragon's
GetEventsResponse (tetragon.proto, compiled into the folder MODULES), without a member that is
unknown, and gives back equal; members stand in the order of the declarations. All variants of
arguments and kinds of events occur in the first file. What ENCODER, the gRPC service's, makes of the
lines is the same messages."""
import json
import struct
import subprocess
import sys

sys.path.insert(0, sys.argv[1])
from google.protobuf import json_format  # noqa: E402
import tetragon_pb2  # noqa: E402

# What tgrun adds to Tetragon's messages, under the names that kprobe events have for it.
ADDED = {
    "process_lsm": ("kernel_stack_trace", "user_stack_trace"),
    "process_tracepoint": ("kernel_stack_trace", "user_stack_trace"),
}
# Kinds and variants that tgrun does not make, or not yet.
NOT_MADE = {"process_loader", "process_throttle", "test", "rate_limit_info"}
NEVER = {"cred_arg", "user_namespace_arg", "net_dev_arg"}


def check_order(value, descriptor, where):
    """Members of messages in the order of their declarations."""
    if not isinstance(value, dict) or descriptor.full_name.startswith("google.protobuf."):
        return
    names = [f.name for f in descriptor.fields]
    order = [names.index(name) for name in value]
    if order != sorted(order):
        raise ValueError(f"{where}: the order is {list(value)}")
    for name, inner in value.items():
        field = descriptor.fields_by_name[name]
        if field.message_type and not field.message_type.GetOptions().map_entry:
            for element in inner if isinstance(inner, list) else [inner]:
                check_order(element, field.message_type, f"{where}.{name}")


def check(line, seen):
    event = json.loads(line)
    for kind, names in ADDED.items():
        for name in names:
            event.get(kind, {}).pop(name, None)
    message = json_format.ParseDict(event, tetragon_pb2.GetEventsResponse(),
                                    ignore_unknown_fields=False)
    again = json_format.MessageToDict(message, preserving_proto_field_name=True)
    if again != event:
        raise ValueError(f"comes back as {json.dumps(again)}")
    check_order(event, message.DESCRIPTOR, "event")
    kind = message.WhichOneof("event")
    seen.add(kind)
    body = getattr(message, kind)
    for argument in list(getattr(body, "args", ())) + list(getattr(body, "data", ())):
        seen.add(argument.WhichOneof("arg"))


def encoded(encoder, path):
    """The messages of a file's lines; None where the encoder refuses."""
    with open(path, "rb") as lines:
        wire = subprocess.run([encoder], stdin=lines, stdout=subprocess.PIPE, check=True).stdout
    while wire:
        size = struct.unpack_from("<i", wire)[0]
        yield tetragon_pb2.GetEventsResponse.FromString(wire[4:4 + size]) if size >= 0 else None
        wire = wire[4 + max(size, 0):]


def check_wire(line, message):
    if message != json_format.Parse(line, tetragon_pb2.GetEventsResponse()):
        raise ValueError(f"the service sends {message}")


def variants(message, oneof):
    return {f.name for f in message.DESCRIPTOR.oneofs_by_name[oneof].fields}


def main():
    passed = failed = 0
    for number, path in enumerate(sys.argv[3:]):
        seen = set()
        messages = encoded(sys.argv[2], path)
        with open(path, encoding="utf-8") as file:
            for line in file:
                try:
                    check(line, seen)
                    check_wire(line, next(messages))
                    passed += 1
                except (ValueError, KeyError, json_format.ParseError) as error:
                    failed += 1
                    if failed <= 10:
                        print(f"{path}: {error}\n  {line.strip()[:2000]}")
        missing = (variants(tetragon_pb2.GetEventsResponse, "event") - NOT_MADE
                   | variants(tetragon_pb2.KprobeArgument, "arg") - NEVER) - seen
        if number == 0 and missing:
            failed += 1
            print(f"{path}: no event has {', '.join(sorted(missing))}")
    print(f"events: {passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
