"""Holds the cases against the corpus: sources that are not held, quotes and headings that no longer stand anywhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rapidfuzz import process

from evals.anchors import Anchor, alternatives, folded, holds, nearest
from evals.cases import Case
from evals.records import Held

_LONGEST_SHOWN = 200


def stale_labels(placed: Sequence[tuple[Case, str]], held: Held) -> list[str]:
    """A line for everything that a case names and the corpus does not hold, with its place and what comes nearest."""
    stale = stale_cases([case for case, _ in placed], held)
    return [f"{where} ({case.id}): {line}" for case, where in placed for line in stale.get(case.id, ())]


def stale_cases(cases: Iterable[Case], held: Held) -> dict[str, list[str]]:
    """The same by the case's id. Quotes and headings only where the whole build is known."""
    text = folded(" \n ".join(passage.text for passage in held.passages.values()))
    headings = folded(" / ".join(heading for each in held.passages.values() for heading in each.heading_path))
    found: dict[str, list[str]] = {}
    for case in cases:
        lines = [*_unknown_sources(case, held.sources)]
        if held.whole:
            lines += _stale("quote", case.shows, text, _lines(case, held))
            lines += _stale("heading", case.headings, headings, _headings(held))
        if lines:
            found[case.id] = lines
    return found


def _unknown_sources(case: Case, sources: Mapping[str, object]) -> Iterator[str]:
    for source in (*case.sources, *case.sources_all):
        if source not in sources:
            close = process.extractOne(source, list(sources), score_cutoff=60)
            hint = f" Did you mean {close[0]}?" if close else ""
            yield f"the source {source} is not in the build.{hint}"


def _stale(what: str, anchors: Iterable[Anchor], text: str, texts: Callable[[], list[str]]) -> Iterator[str]:
    """Where one of several texts will do, it is stale when none of them stands any more."""
    for anchor in anchors:
        if not holds(text, anchor):
            first = alternatives(anchor)[0]
            close = nearest(first, texts())
            hint = f"The nearest now: “{close[:_LONGEST_SHOWN]}”" if close else "Nothing comes near it."
            yield f"stale: the {what} {' or '.join(repr(each) for each in alternatives(anchor))} stands nowhere. {hint}"


def _lines(case: Case, held: Held) -> Callable[[], list[str]]:
    """The lines and sentences of the sources that a case names, or of all where it names none."""
    named = {*case.sources, *case.sources_all} & set(held.sources)

    def texts() -> list[str]:
        passages = [each for each in held.passages.values() if not named or each.source_id in named]
        return [part for each in passages for line in each.text.splitlines() for part in _sentences(line)]

    return texts


def _headings(held: Held) -> Callable[[], list[str]]:
    return lambda: sorted({heading for each in held.passages.values() for heading in each.heading_path})


def _sentences(line: str) -> list[str]:
    parts = [part.strip() for part in line.replace(". ", ".\n").splitlines()]
    return [part for part in parts if part]
