"""Runs on disk: a folder each in `data/evals`, complete or not there at all."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.errors import GuidanceError
from evals.ask import Channel
from evals.cases import Case
from evals.coverage import coverage
from evals.labels import stale_cases
from evals.metrics import summarise
from evals.records import HELD, RECORD, Held, Record
from evals.score import CaseScore, score_all

PARTIAL = ".partial"
KEEP = 10
"""Runs that stay on disk. They hold answers, so they are no archive: what must last is evals/accepted.json."""
_SCORES = TypeAdapter(list[CaseScore])


class NoRunError(GuidanceError):
    """The run that was asked for is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run was: when, of which build, how it asked, and which cases with which expectations."""

    id: str
    created: str
    build_id: str
    corpus_digest: str | None
    channel: str
    tag: str | None
    seconds: float
    version: str
    case_digests: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run, read: what was asked, answered and scored."""

    folder: Path
    info: RunInfo
    records: list[Record]
    held: Held
    scores: list[CaseScore]
    summary: dict[str, Any]


_INFO = TypeAdapter(RunInfo)


def runs_folder(data: Path) -> Path:
    """The folder of all runs."""
    return data / "evals"


def make_run(
    data: Path, cases: Sequence[Case], channel: Channel, *, name: str, tag: str | None, report: Callable[[int], None]
) -> Run:
    """Asks, scores and keeps. The folder gets its name only when all of it is written.

    Raises:
        RunError: it was broken off. Nothing is left behind.
    """
    from evals.tasks import answer_cases

    now = datetime.now(UTC)
    folder = runs_folder(data) / now.strftime("%Y%m%dT%H%M%S%fZ")
    partial = folder.with_name(folder.name + PARTIAL)
    partial.mkdir(parents=True)
    try:
        began = monotonic()
        records = answer_cases(cases, channel, partial, report, {"channel": name})
        held = channel.held()
        info = RunInfo(
            id=folder.name,
            created=now.isoformat(timespec="seconds"),
            build_id=held.build_id,
            corpus_digest=held.corpus_digest,
            channel=name,
            tag=tag,
            seconds=round(monotonic() - began, 1),
            version=version("procurement-guidance-assistant"),
            case_digests={case.id: case.digest for case in cases},
        )
        (partial / "run.json").write_bytes(_INFO.dump_json(info, indent=1))
        (partial / "held.json").write_bytes(HELD.dump_json(held))
        (partial / "answers.jsonl").write_bytes(b"".join(RECORD.dump_json(record) + b"\n" for record in records))
        _write_scores(partial, cases, records, held)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    for old in _folders(data)[:-KEEP]:
        shutil.rmtree(old)
    return read_run(data, folder.name)


def rescore(run: Run, cases: Sequence[Case]) -> Run:
    """Scores the kept answers anew, against the cases as they are now. Cases that were not asked have failed."""
    asked = [case for case in cases if run.info.tag is None or run.info.tag in case.tags]
    scores, summary = _write_scores(run.folder, asked, run.records, run.held)
    return replace(run, scores=scores, summary=summary)


def scored(cases: Sequence[Case], records: Sequence[Record], held: Held) -> tuple[list[CaseScore], dict[str, Any]]:
    """The scores and the summary of some answers, without a disk."""
    scores = score_all(cases, records, held)
    summary = summarise(cases, scores, held)
    return scores, summary | {"stale": stale_cases(cases, held), "coverage": coverage(cases, records, held)}


def _write_scores(
    folder: Path, cases: Sequence[Case], records: Sequence[Record], held: Held
) -> tuple[list[CaseScore], dict[str, Any]]:
    scores, summary = scored(cases, records, held)
    _replace(folder / "scores.json", _SCORES.dump_json(scores))
    _replace(folder / "summary.json", json.dumps(summary, ensure_ascii=False, indent=1).encode())
    return scores, summary


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    new.replace(path)


def read_run(data: Path, run_id: str | None = None, *, of_all_cases: bool = False) -> Run:
    """A run by its id, or the latest; with `of_all_cases` the latest that asked them all.

    Raises:
        NoRunError: there is none, or it can't be read.
    """
    folders = _folders(data)
    if of_all_cases and run_id is None:
        folders = [folder for folder in folders if json.loads((folder / "run.json").read_bytes())["tag"] is None]
    if run_id is None and not folders:
        raise NoRunError(f"There is no run in {runs_folder(data)} yet. Make one: python -m evals run")
    folder = folders[-1] if run_id is None else runs_folder(data) / run_id
    if not (folder / "run.json").is_file():
        known = ", ".join(each.name for each in folders) or "none"
        raise NoRunError(f"There is no run {folder.name} in {runs_folder(data)}. Runs: {known}.")
    try:
        return Run(
            folder=folder,
            info=_INFO.validate_json((folder / "run.json").read_bytes()),
            records=[RECORD.validate_json(line) for line in (folder / "answers.jsonl").read_bytes().splitlines()],
            held=HELD.validate_json((folder / "held.json").read_bytes()),
            scores=_SCORES.validate_json((folder / "scores.json").read_bytes()),
            summary=json.loads((folder / "summary.json").read_bytes()),
        )
    except (OSError, ValidationError, ValueError) as error:
        raise NoRunError(
            f"The run {folder.name} can't be read; it may be of another version. Make one: python -m evals run"
        ) from error


def score_rows(run: Run) -> list[dict[str, Any]]:
    """Every case's score as JSON values."""
    return [asdict(score) | {"passed": score.passed} for score in run.scores]


def _folders(data: Path) -> list[Path]:
    return sorted(path.parent for path in runs_folder(data).glob("*/run.json") if path.parent.suffix != PARTIAL)
