"""Throughput over HTTP: a server held to one core, a load client on another."""

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Sequence
from typing import Any

from evals.bench.speed_processes import Side, SpeedError, on_core, resident, started
from evals.bench.speed_statistics import latency, rounded

SERVER_CORE, CLIENT_CORE = 0, 1
_WARM_UP = 10
_PATIENCE = 60


def measure_http(side: Side, clients: Sequence[int], seconds: float, questions: Sequence[str]) -> dict[str, Any]:
    """Answers a second and latency at so many clients at once, and what the server keeps in memory after that."""
    with on_core(SERVER_CORE), started(side, side.serve) as server:
        address = _address(server, side) + side.endpoint
        for question in questions[:_WARM_UP]:
            _post(address, question)
        levels = {str(count): _load(address, count, seconds, questions, side) for count in clients}
        return {"clients": levels, "server_memory": rounded(resident(server.pid)[0])}


def _address(server: subprocess.Popen[str], side: Side) -> str:
    """The first address that a server prints. What it prints later is read away, so that it never waits for a reader."""
    stream = server.stdout
    for line in stream or ():
        found = [word for word in line.split() if word.startswith("http://")]
        if found:
            threading.Thread(target=lambda: [None for _ in stream or ()], daemon=True).start()
            return found[0]
    raise SpeedError(f"{side.name}: the server ended before it named its address.")


def _post(address: str, question: str) -> None:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 -- our own server
    with urllib.request.urlopen(request, timeout=_PATIENCE) as response:  # noqa: S310
        response.read()


def _load(address: str, clients: int, seconds: float, questions: Sequence[str], side: Side) -> dict[str, Any]:
    command = [sys.executable, "-m", "evals.bench.speed_load", address, str(clients), str(seconds)]
    with on_core(CLIENT_CORE):
        done = subprocess.run(  # noqa: S603 -- our own command
            command, input=json.dumps(list(questions)), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SpeedError(f"{side.name}: the load client failed.\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    if found["failed"]:
        raise SpeedError(f"{side.name}: {found['failed']} of {len(found['milliseconds'])} requests failed.")
    return {
        "answers_per_second": rounded(len(found["milliseconds"]) / found["seconds"]),
        **latency(found["milliseconds"]),
    }
