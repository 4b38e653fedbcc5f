"""What a change of the corpus does to answers: the same questions asked of two builds, side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from assistant.adapters.build_folder import builds_folder, read_current
from assistant.errors import GuidanceError
from evals.ask import Channel
from evals.cases import Case
from evals.records import Record
from ingest.versions import complete_builds

_AT_ONCE = 2
NO_QUESTIONS = (
    "Questions of officers: none are stored, because the API keeps none. Name a file of them with --questions."
)


class ImpactError(GuidanceError):
    """The builds can't be compared. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one build says: its status, its quotes with their sources, its notices."""

    status: str
    quotes: tuple[tuple[str, str], ...]
    notices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question that two builds answer differently. `what` names the parts that differ."""

    case: str
    question: str
    what: tuple[str, ...]
    before: Side
    after: Side


def two_builds(data: Path, first: str | None, second: str | None) -> tuple[str, str]:
    """The builds to compare: those named, or the one before the serving one and the serving one.

    Raises:
        ImpactError: there are no two, or one that is named is not there.
    """
    ids = [info.id for info in complete_builds(data)]
    known = ", ".join(ids) or "none"
    for named in (first, second):
        if named is not None and named not in ids:
            raise ImpactError(f"There is no build {named} in {builds_folder(data)}. Builds: {known}.")
    after = second or read_current(data)
    earlier = [build_id for build_id in ids if build_id < after]
    before = first or (earlier[-1] if earlier else None)
    if before is None:
        raise ImpactError(
            f"There is no build before {after} to compare with. Change the corpus and build: python -m ingest build"
        )
    return before, after


def ask_all(channel: Channel, cases: Sequence[Case], report: Callable[[int], None]) -> list[Record]:
    """Every case's answer, in the order of the cases."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        records = []
        for done, record in enumerate(pool.map(channel.ask, cases), 1):
            records.append(record)
            report(done)
        return records


def changes(cases: Sequence[Case], before: Sequence[Record], after: Sequence[Record]) -> list[Change]:
    """The cases whose status, quotes, citations or notices differ, those with another status first."""
    found = []
    for case, old, new in zip(cases, before, after, strict=True):
        first, second = _side(old), _side(new)
        if first != second:
            found.append(
                Change(case=case.id, question=case.question, what=_parts(first, second), before=first, after=second)
            )
    return sorted(found, key=lambda change: ("status" not in change.what, change.case))


def _side(record: Record) -> Side:
    if record.answer is None:
        return Side(status=f"error: {record.error}", quotes=(), notices=())
    sources = {citation["number"]: citation["source_id"] for citation in record.answer["citations"]}
    return Side(
        status=record.answer["status"],
        quotes=tuple(
            (statement["text"], ", ".join(sources.get(number, "?") for number in statement["citations"]))
            for statement in record.answer["statements"]
        ),
        notices=tuple((notice["kind"], notice["text"]) for notice in record.answer["notices"]),
    )


def _parts(before: Side, after: Side) -> tuple[str, ...]:
    """Quotes in another order are the same answer, read differently; that is named apart."""
    parts = []
    if before.status != after.status:
        parts.append("status")
    if {text for text, _ in before.quotes} != {text for text, _ in after.quotes}:
        parts.append("answer")
    if {source for _, source in before.quotes} != {source for _, source in after.quotes}:
        parts.append("citations")
    if before.notices != after.notices:
        parts.append("notices")
    return tuple(parts) or ("order",)


def as_markdown(found: Sequence[Change], asked: int, builds: tuple[str, str], *, most: int) -> str:
    """The changes for a pull request."""
    lines = [
        f"### Impact: {len(found)} of {asked} answers change",
        "",
        f"From build `{builds[0]}` to `{builds[1]}`.",
        "",
    ]
    for change in found[:most]:
        lines += [
            f"<details><summary>{_plain(change.case)}: {_plain(change.question)} ({', '.join(change.what)})</summary>",
            "",
        ]
        lines += ["| before | after |", "|---|---|"]
        lines += [f"| {_cell(left)} | {_cell(right)} |" for left, right in side_by_side(change)]
        lines += ["", "</details>", ""]
    if len(found) > most:
        lines.append(f"… and {len(found) - most} more: `python -m evals impact`.")
    return "\n".join(lines)


def side_by_side(change: Change) -> list[tuple[str, str]]:
    """Both sides line by line: the status, what only this side has, and how much both have."""
    before, after = _lines(change.before), _lines(change.after)
    left = [change.before.status, *(line for line in before if line not in after)]
    right = [change.after.status, *(line for line in after if line not in before)]
    rows = list(zip_longest(left, right, fillvalue=""))
    same = sum(line in after for line in before)
    return [*rows, *([(f"({same} more, the same)", f"({same} more, the same)")] if same else [])]


def _lines(side: Side) -> list[str]:
    quotes = [f"“{text}” ({source})" for text, source in side.quotes]
    return quotes + [f"{kind}: {text}" for kind, text in side.notices]


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("\n", " ")
