"""Reads a document in a child process, so that a hostile file can exhaust nothing but its own time and memory."""

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from assistant.errors import LoadError
from ingest.document import Document
from ingest.load.clean import clean

LARGEST_OUTPUT_MB = 20
MEMORY_EXIT = 3

_LARGEST_OUTPUT = LARGEST_OUTPUT_MB * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
# No variable of ours reaches the child: it reads what strangers wrote. One thread and one arena each, because address
# space that is set aside for threads counts against the memory limit.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the child reports: a document, or why there is none."""

    document: Document | None
    error: str | None


def load_isolated(path: Path, *, seconds: float = 30, memory_mb: int = 512) -> Document:
    """Reads a document as `load` does, in a child process with limits on time, memory and output.

    Args:
        path: the document.
        seconds: wall-clock and processor time that reading may take.
        memory_mb: address space of the child. Less than 256 is too little for the libraries alone.

    Raises:
        LoadError: it can't be read as guidance, or not within the limits.
    """
    name = clean(path.name)
    with tempfile.TemporaryFile() as output:
        try:
            code = _run(path, output, seconds, memory_mb)
        except (OSError, ValueError) as error:
            raise LoadError(
                f"{name}: it could not be read. Check its name, and that this machine can start processes."
            ) from error
        output.seek(0)
        report = output.read(_LARGEST_OUTPUT + 1)
    if code == MEMORY_EXIT:
        raise LoadError(
            f"{name}: reading it needed more than {memory_mb} MB of memory. Split it, or save it again as text."
        )
    if code in (-signal.SIGXCPU, None):
        raise LoadError(f"{name}: reading it took longer than {seconds:g} s. Split it, or save it again as text.")
    if code == -signal.SIGXFSZ or len(report) >= _LARGEST_OUTPUT:
        raise LoadError(f"{name}: it holds more than {LARGEST_OUTPUT_MB} MB of text. Split it.")
    if code != 0:
        raise LoadError(f"{name}: it could not be read. Save it again, or as another format.")
    return _document(name, report)


def _run(path: Path, output: IO[bytes], seconds: float, memory_mb: int) -> int | None:
    """Runs the child to its end. Returns its exit code (below 0: a signal ended it), or None if it took too long."""
    limits = (ceil(seconds), memory_mb, LARGEST_OUTPUT_MB)
    with subprocess.Popen(  # noqa: S603, RUF100 - no shell, and the path is an argument
        [sys.executable, "-m", "ingest.load", str(path.absolute()), *map(str, limits)],
        cwd=_ROOT,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if child.returncode is None:
                _kill(child)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """Kills the child with all that it may have started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _document(name: str, report: bytes) -> Document:
    try:
        outcome = TypeAdapter(Outcome).validate_json(report)
    except ValidationError as error:
        raise LoadError(f"{name}: it could not be read. Save it again, or as another format.") from error
    if outcome.document is None:
        raise LoadError(outcome.error or f"{name}: it could not be read. Save it again, or as another format.")
    return outcome.document
