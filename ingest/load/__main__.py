"""Reads one document in a process of its own: `python -m ingest.load PATH SECONDS MEMORY_MB OUTPUT_MB`.

Writes an isolate.Outcome to stdout as JSON. isolate.load_isolated starts it, and explains how it ends.
"""

import os
import resource
import sys
from pathlib import Path

from pydantic import TypeAdapter

from assistant.errors import LoadError
from ingest.load import load
from ingest.load.isolate import MEMORY_EXIT, Outcome


def main(path: Path, seconds: int, memory_mb: int, output_mb: int) -> int:
    """Limits this process, reads the document, and prints the outcome. Returns the exit code."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        # A library that prints must not end up in the answer.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        _limit(seconds, memory_mb, output_mb)
        try:
            output.write(TypeAdapter(Outcome).dump_json(_outcome(path)))
        except MemoryError:
            return MEMORY_EXIT
    return 0


def _outcome(path: Path) -> Outcome:
    try:
        return Outcome(document=load(path), error=None)
    except LoadError as error:
        return Outcome(document=None, error=str(error))


def _limit(seconds: int, memory_mb: int, output_mb: int) -> None:
    """Sets limits that this process can't lift again. Between fork and exec, its parent might deadlock."""
    for kind, soft, extra in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024, 0),
        # At the soft limit the kernel says why it ends the process (SIGXCPU), at the hard one it doesn't.
        (resource.RLIMIT_CPU, seconds, 1),
        (resource.RLIMIT_FSIZE, output_mb * 1024 * 1024, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        highest = resource.getrlimit(kind)[1]
        limits = (soft, soft + extra)
        if highest != resource.RLIM_INFINITY:
            limits = (min(soft, highest), min(soft + extra, highest))
        resource.setrlimit(kind, limits)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:5])))
