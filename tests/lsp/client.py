# SPDX-License-Identifier: Apache-2.0
"""A client of the language server, as simple as can be: what the tests and the figures talk with."""
import json
import os
import select
import subprocess


class Gone(Exception):
    """The server said nothing more."""


class Client:
    def __init__(self, command, env=None):
        self.server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env, bufsize=0)
        self.buffer = b""
        self.number = 0

    # ---- the base protocol ----

    @staticmethod
    def frame(message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def write(self, data):
        self.server.stdin.write(data)

    def send(self, message):
        self.write(self.frame(message))

    def fill(self, timeout):
        ready, _, _ = select.select([self.server.stdout], [], [], timeout)
        more = os.read(self.server.stdout.fileno(), 1 << 16) if ready else b""
        if not more:
            raise Gone("no answer" if not ready else "the server has ended")
        self.buffer += more

    def read(self, timeout=60):
        while b"\r\n\r\n" not in self.buffer:
            self.fill(timeout)
        head, rest = self.buffer.split(b"\r\n\r\n", 1)
        size = int(head.split(b":")[1])
        while len(rest) < size:
            self.fill(timeout)
            rest = self.buffer.split(b"\r\n\r\n", 1)[1]
        self.buffer = rest[size:]
        return json.loads(rest[:size])

    # ---- conversations ----

    def notify(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method, params=None, seen=None):
        """The answer; what else came before it is added to `seen`."""
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                return answer
            if seen is not None:
                seen.append(answer)

    def wait(self, method, uri=None):
        """The next notification of this method, about this document."""
        while True:
            message = self.read()
            if message.get("method") == method and uri in (None, message["params"].get("uri")):
                return message

    def initialize(self, capabilities=None):
        answer = self.request("initialize", {
            "processId": None, "rootUri": None, "capabilities": capabilities or {}})
        self.notify("initialized", {})
        return answer

    def open(self, uri, text, language, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": language, "version": version, "text": text}})

    def end(self):
        """After shutdown and exit: the exit code."""
        self.server.stdin.close()
        code = self.server.wait(60)
        self.server.stdout.close()
        self.server.stderr.close()
        return code
