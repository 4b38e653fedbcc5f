"""Real processes of the product and of the vanilla pipeline: started, timed, asked, and their memory read."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from assistant.errors import GuidanceError
from evals.bench.speed_worker import READY

_MEGABYTE = 1024 * 1024
_STOP_SECONDS = 10


class SpeedError(GuidanceError):
    """A measured process failed. The message has the end of what it wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two that are compared: the commands of its processes, and where its server answers."""

    name: str
    build: Sequence[str]
    ask: Sequence[str]
    work: Sequence[str]
    serve: Sequence[str]
    endpoint: str
    environment: dict[str, str] = field(default_factory=dict)


def ours(data: Path, corpus: Path) -> Side:
    """The product, by its own commands, over a data folder."""
    return Side(
        name="ours",
        build=["-m", "ingest", "build"],
        ask=["-m", "assistant"],
        work=["-m", "evals.bench.speed_worker"],
        serve=["-m", "api", "--port", "0"],
        endpoint="/v1/chat",
        environment={"GUIDANCE_DATA_DIR": str(data), "GUIDANCE_INGEST_CORPUS_DIR": str(corpus)},
    )


def vanilla(folder: Path, model: Path, text: Path) -> Side:
    """LangChain's usual pipeline, over a folder of Chroma's."""

    def command(name: str, *more: str) -> list[str]:
        return ["-m", "evals.bench.vanilla_process", name, str(folder), str(model), *more]

    return Side(
        name="vanilla",
        build=command("build", str(text)),
        ask=command("ask"),
        work=command("work"),
        serve=command("serve"),
        endpoint="/ask",
        environment={"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"},
    )


def run(side: Side, arguments: Sequence[str], *more: str) -> float:
    """Runs a process to its end. Returns its seconds. Raises SpeedError where it fails."""
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, *arguments, *more], env=_environment(side), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SpeedError(f"{side.name}: {' '.join(arguments)} failed.\n{(done.stderr or done.stdout)[-2000:]}")
    return seconds


class Worker:
    """A process that answers blocks of questions."""

    def __init__(self, process: subprocess.Popen[str], side: Side) -> None:
        self._process, self._side = process, side

    def ask(self, questions: Sequence[str]) -> list[float]:
        """Milliseconds of each question, measured inside the process."""
        _pipe(self._process.stdin).write(json.dumps(list(questions)) + "\n")
        _pipe(self._process.stdin).flush()
        line = _pipe(self._process.stdout).readline()
        if not line:
            raise SpeedError(f"{self._side.name}: the process that answers ended before it had answered.")
        return [float(each) for each in json.loads(line)]

    def memory(self) -> tuple[float, float | None]:
        """Resident megabytes: now, and at most so far (where the system tells)."""
        return resident(self._process.pid)


@contextmanager
def worker(side: Side) -> Iterator[Worker]:
    """A process of a side that has opened its index and waits for questions."""
    with started(side, side.work) as process:
        line = ""
        while line.strip() != READY:
            line = _pipe(process.stdout).readline()
            if not line:
                raise SpeedError(f"{side.name}: the process that answers did not start.")
        yield Worker(process, side)


@contextmanager
def started(side: Side, arguments: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A running process with pipes, stopped at the end."""
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, *arguments],
        env=_environment(side),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            _pipe(stream).close()


def resident(pid: int) -> tuple[float, float | None]:
    """Resident megabytes of a process: now, and its high-water mark (Linux only)."""
    now = psutil.Process(pid).memory_info().rss / _MEGABYTE
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return now, None
    marks = [line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:")]
    return now, int(marks[0].split()[1]) / 1024 if marks else None


@contextmanager
def on_core(place: int) -> Iterator[bool]:
    """What is started inside is held to one core. Says whether that was possible: there, and more than one core to share out."""
    this = psutil.Process()
    allowed: list[int] = this.cpu_affinity() if hasattr(this, "cpu_affinity") else []
    if len(allowed) < 2:
        yield False
        return
    this.cpu_affinity([allowed[place % len(allowed)]])
    try:
        yield True
    finally:
        this.cpu_affinity(allowed)


def _environment(side: Side) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUIDANCE_")}
    return kept | {"ANONYMIZED_TELEMETRY": "False"} | side.environment


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 -- every process here is started with pipes
    return stream
