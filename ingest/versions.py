"""Which builds there are, which one serves, and how that changes: by replacing one small file in one step."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.adapters.build_folder import builds_folder, read_current, read_info, read_sources
from assistant.build_info import BuildInfo
from assistant.errors import BuildError, LockedError

PARTIAL = ".partial"


@contextmanager
def writing(data: Path) -> Iterator[None]:
    """Holds the only right to change the data folder.

    Raises:
        LockedError: another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / "ingest.lock")
    try:
        with lock.acquire(timeout=1):
            yield
    except Timeout:
        raise LockedError(
            f"Another ingest command is changing {data}. Wait for it to end, then run this again."
        ) from None


def switch(data: Path, build_id: str) -> None:
    """Makes a build the serving one. A reader sees the old pointer or the new one, never a part of either."""
    folder = builds_folder(data) / build_id
    read_info(folder)
    pointer = data / "current.new"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(build_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(data / "current")


def current(data: Path) -> BuildInfo | None:
    """The serving build, or None where there is none that can be read."""
    try:
        return read_info(builds_folder(data) / read_current(data))
    except BuildError:
        return None


def complete_builds(data: Path) -> list[BuildInfo]:
    """All readable builds, oldest first."""
    found = []
    for folder in sorted(builds_folder(data).glob("*")):
        if folder.suffix != PARTIAL:
            try:
                found.append(read_info(folder))
            except BuildError:
                continue
    return found


def rollback(data: Path) -> BuildInfo:
    """Makes the build before the serving one serve again.

    Raises:
        BuildError: there is no earlier build.
    """
    serving = read_current(data)
    earlier = [info for info in complete_builds(data) if info.id < serving]
    if not earlier:
        raise BuildError(f"There is no build before {serving} to go back to.")
    switch(data, earlier[-1].id)
    return earlier[-1]


def clean_up(data: Path, *, keep: int) -> list[str]:
    """Deletes leftovers of interrupted builds, and the oldest builds beyond `keep`, never the serving one. Returns the deleted ids."""
    serving = read_current(data)
    builds = builds_folder(data)
    for folder in builds.glob(f"*{PARTIAL}"):
        shutil.rmtree(folder)
    ids = [info.id for info in complete_builds(data)]
    surplus = [id_ for id_ in ids if id_ != serving][: max(0, len(ids) - keep)]
    for id_ in surplus:
        shutil.rmtree(builds / id_)
    return surplus


def erase(data: Path, source_id: str) -> list[str]:
    """Deletes every build but the serving one that holds a source, so that no rollback brings its text back. Returns their ids.

    Runs of the evals quote what they were answered: those that had the source go, too.
    """
    serving = read_current(data)
    for held in sorted((data / "evals").glob("*/held.json")):
        if source_id in json.loads(held.read_bytes())["sources"]:
            shutil.rmtree(held.parent)
    erased = []
    for info in complete_builds(data):
        folder = builds_folder(data) / info.id
        if info.id != serving and source_id in {source.id for source in read_sources(folder)}:
            shutil.rmtree(folder)
            erased.append(info.id)
    return erased
