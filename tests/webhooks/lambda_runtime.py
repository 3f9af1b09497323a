"""Run an unpacked artifact under AWS's own runtime client, behind a Runtime API of a page's length.

The process sees the artifact and the runtime client, and neither this environment nor this checkout: a module that
was left out of the artifact is missing here as it would be in AWS.
Source: docs.aws.amazon.com, "Using the Lambda runtime API", version 2018-06-01, read 2026-11 (documented).
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RUNTIME_CLIENT = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
PATIENCE_SECONDS = 300.0


class FunctionError(Exception):
    """What a handler raised, or an artifact that could not be loaded."""


class RuntimeApi(ThreadingHTTPServer):
    """Hand events to one runtime process, and its answers back."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._turn = threading.Lock()

    def invoke(self, event: object) -> Any:
        """Return what the handler answered. Raises FunctionError when it raised, or never began."""
        # One event at a time, as an execution environment takes them: two answers could be taken for each other.
        with self._turn:
            self.events.put((uuid.uuid4().hex, json.dumps(event).encode()))
            kind, body = self.answers.get(timeout=PATIENCE_SECONDS)
        if kind != "response":
            raise FunctionError(body.decode())
        return json.loads(body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: sent apart, every answer would wait 40 ms for an acknowledgement
    server: RuntimeApi

    def do_GET(self) -> None:
        request_id, body = self.server.events.get()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:000000000000:function:f")
        # Without a type the runtime client ends with a segmentation fault.
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.answers.put((self.path.rpartition("/")[2], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def start_function(artifact: Path, handler: str, environment: Mapping[str, str], folder: Path) -> Iterator[RuntimeApi]:
    """Run one function of an unpacked artifact until the block ends. Its log goes to `folder`."""
    client = folder / "runtime-client"
    client.mkdir(exist_ok=True)
    for name in RUNTIME_CLIENT:
        _link(name, client)
    with RuntimeApi() as api, (folder / f"{handler.rpartition('.')[2]}.log").open("ab") as log:
        threading.Thread(target=api.serve_forever, args=(0.01,), daemon=True).start()
        process = subprocess.Popen(
            # The interpreter behind this environment, without the environment's packages (-S).
            [str(Path(sys.base_prefix) / "bin" / "python3"), "-S", "-B", "-m", "awslambdaric", handler],
            env={
                "PYTHONPATH": f"{artifact}:{client}",
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
                "LAMBDA_TASK_ROOT": str(artifact),
                **environment,
            },
            cwd=artifact, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield api
        finally:
            process.kill()
            process.wait()
            api.shutdown()


def _link(name: str, folder: Path) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    origin = Path(spec.origin)
    source = origin.parent if origin.name == "__init__.py" else origin
    if not (folder / source.name).exists():
        (folder / source.name).symlink_to(source)
