"""Scores an answer against its case. Pure: takes records, so that scoring can run again without asking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.types import AnswerStatus, ContentKind, LegalRegime, NoticeKind, SourceStatus
from evals.anchors import folded, holds
from evals.cases import SHOWING, Case
from evals.ground import is_grounded, stands_verbatim, supports
from evals.records import Held, Record

NOTHING_RECORDED = "no answer was recorded"
QUESTION_CHANGED = "the question has changed since it was asked; run the cases again"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    """What was right. `values` holds a metric only where it concerns the case; `failures` say what was wrong, in words."""

    case: str
    kind: str
    held_out: bool
    status: str
    values: Mapping[str, float]
    failures: tuple[str, ...]
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One case with its answer, read once. Without an answer everything that the case asks for is missing."""

    case: Case
    record: Record
    held: Held
    status: str
    statements: Sequence[Mapping[str, Any]]
    citations: Mapping[int, Mapping[str, Any]]
    notices: Sequence[Mapping[str, Any]]
    text: str
    headings: str
    failures: list[str] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        return bool(self.statements)

    @property
    def expects_guidance(self) -> bool:
        """Facts and sources count where something was answered, or had to be."""
        return self.answered or self.case.must_answer


def score_all(cases: Iterable[Case], records: Iterable[Record], held: Held) -> list[CaseScore]:
    """A score for every case. One without a record has failed: a missing row is never a pass."""
    by_case = {record.case: record for record in records}
    return [score(case, by_case.get(case.id), held) for case in sorted(cases, key=lambda case: case.id)]


def score(case: Case, record: Record | None, held: Held) -> CaseScore:
    """Compares an answer with its case, and its quotes with the corpus. No answer, and one to another question, is an error."""
    if record is None:
        record = Record(case=case.id, asked=case.asked, error=NOTHING_RECORDED)
    elif record.asked != case.asked:
        record = Record(case=case.id, asked=case.asked, error=QUESTION_CHANGED)
    asked = _read(case, record, held)
    if record.error is not None:
        asked.failures.append(record.error)
    values: dict[str, float] = {}
    for part in (_status, _sources, _facts, _quotes, _notices, _retrieval):
        values.update(part(asked))
    if asked.answered:
        values["answer_words"] = float(len(asked.text.split()))
    if record.answer is not None:
        values["latency_ms"] = record.milliseconds
    values["passed"] = float(not asked.failures)
    if case.history:
        values["follow_up_accuracy"] = values["passed"]
    return CaseScore(
        case=case.id,
        kind=case.kind,
        held_out=case.held_out,
        status=asked.status,
        values=dict(sorted(values.items())),
        failures=tuple(asked.failures),
        error=record.error,
    )


def _read(case: Case, record: Record, held: Held) -> _Asked:
    answer: Mapping[str, Any] = record.answer or {}
    citations = answer.get("citations", ())
    return _Asked(
        case=case,
        record=record,
        held=held,
        status=str(answer.get("status", AnswerStatus.ERROR)),
        statements=answer.get("statements", ()),
        citations={citation["number"]: citation for citation in citations},
        notices=answer.get("notices", ()),
        text=folded(" ".join(statement["text"] for statement in answer.get("statements", ()))),
        headings=folded(" / ".join(heading for citation in citations for heading in citation["heading_path"])),
    )


def _status(asked: _Asked) -> Iterator[tuple[str, float]]:
    case, allowed = asked.case, {status.value for status in asked.case.status}
    right = asked.status in allowed
    if not right and asked.record.error is None:
        asked.failures.append(f"status is {asked.status}, not {' or '.join(case.status)}")
    yield "status_accuracy", float(right)
    refused = asked.status not in {*SHOWING, AnswerStatus.ERROR}
    if refused:
        yield "refusal_precision", float(not case.must_answer)
    if case.must_not_answer:
        # A partial answer says itself that the rest is not held; it counts where the case's author allows it.
        yield "refusal_recall", float(refused or right)
    if case.must_answer:
        yield "answer_recall", float(asked.status in SHOWING)


def _sources(asked: _Asked) -> Iterator[tuple[str, float]]:
    case, cited = asked.case, {citation["source_id"] for citation in asked.citations.values()}
    named = {*case.sources, *case.sources_all}
    if not named or not asked.expects_guidance:
        return
    wanted: list[tuple[str, ...]] = [(source,) for source in case.sources_all]
    wanted += [case.sources] if case.sources else []
    missing = [sources for sources in wanted if not cited & set(sources)]
    for sources in missing:
        asked.failures.append(f"cites {', '.join(sorted(cited)) or 'nothing'}, not {' or '.join(sources)}")
    yield "source_recall", 1 - len(missing) / len(wanted)
    if asked.citations:
        right = sum(citation["source_id"] in named for citation in asked.citations.values())
        yield "source_precision", right / len(asked.citations)


def _facts(asked: _Asked) -> Iterator[tuple[str, float]]:
    case = asked.case
    if asked.expects_guidance and (case.shows or case.headings):
        hidden = [f"does not show {anchor!r}" for anchor in case.shows if not holds(asked.text, anchor)]
        hidden += [
            f"shows nothing under the heading {anchor!r}"
            for anchor in case.headings
            if not holds(asked.headings, anchor)
        ]
        asked.failures.extend(hidden)
        yield "fact_coverage", 1 - len(hidden) / (len(case.shows) + len(case.headings))
    if case.never:
        shown = [word for word in case.never if folded(word) in asked.text]
        asked.failures.extend(f"shows {word!r}, which it must not" for word in shown)
        yield "forbidden_facts_avoided", float(not shown and asked.record.error is None)


def _quotes(asked: _Asked) -> Iterator[tuple[str, float]]:
    """Labels play no part here: what is shown must hold, whatever was asked."""
    held, citations = asked.held, asked.citations
    if not asked.statements:
        return
    altered = [citation for citation in citations.values() if not stands_verbatim(citation, held)]
    asked.failures.extend(
        f"citation {citation['number']} is not verbatim: {citation['quote'][:80]!r} does not stand in {citation['passage_id']}"
        for citation in altered
    )
    yield "verbatim_rate", 1 - len(altered) / len(citations) if citations else 0.0
    grounded = [is_grounded(statement, citations, held) for statement in asked.statements]
    asked.failures.extend(
        f"is not grounded: {statement['text'][:80]!r}"
        for statement, holds_up in zip(asked.statements, grounded, strict=True)
        if not holds_up
    )
    yield "groundedness", sum(grounded) / len(grounded)
    pairs = [
        [supports(statement, citations.get(number), held) for number in statement["citations"]]
        for statement in asked.statements
    ]
    named = [each for pair in pairs for each in pair]
    yield "citation_precision", sum(named) / len(named) if named else 0.0
    yield "citation_recall", sum(any(pair) for pair in pairs) / len(pairs)


def _notices(asked: _Asked) -> Iterator[tuple[str, float]]:
    case, kinds = asked.case, {notice["kind"] for notice in asked.notices}
    unsaid = [kind for kind in case.notices if kind.value not in kinds]
    asked.failures.extend(f"has no {kind} notice" for kind in unsaid)
    if case.notices:
        yield "notice_recall", 1 - len(unsaid) / len(case.notices)
    if kinds:
        yield "notice_precision", sum(_is_borne_out(kind, asked) for kind in kinds) / len(kinds)
    old = {citation["source_id"] for citation in asked.citations.values() if _is_old(citation, asked.held)}
    if old:
        warned = {
            source
            for notice in asked.notices
            if notice["kind"] == NoticeKind.SUPERSEDED
            for source in notice["source_ids"]
        }
        asked.failures.extend(f"quotes {source}, which is old, without a notice" for source in sorted(old - warned))
        yield "old_text_warned", len(old & warned) / len(old)


def _is_borne_out(kind: str, asked: _Asked) -> bool:
    """Whether a notice is expected by the case, or follows from what is cited."""
    cited = asked.citations.values()
    if kind == NoticeKind.DIGEST:
        return any(citation["content"] == ContentKind.DIGEST for citation in cited)
    if kind == NoticeKind.SUPERSEDED and any(_is_old(citation, asked.held) for citation in cited):
        return True
    return kind in {each.value for each in asked.case.notices}


def _is_old(citation: Mapping[str, Any], held: Held) -> bool:
    source = held.sources.get(citation["source_id"])
    return source is not None and (source.status != SourceStatus.CURRENT or source.legal_regime == LegalRegime.PCR_2015)


def _retrieval(asked: _Asked) -> Iterator[tuple[str, float]]:
    """Over the passages that were found, whether or not they were quoted; only where the channel tells them."""
    case, found = asked.case, () if asked.record.error is not None else asked.record.retrieved
    if not case.must_answer or not asked.held.whole or found is None:
        return
    passages = [asked.held.passages[each] for each in found if each in asked.held.passages]
    texts = [folded(passage.text) for passage in passages]
    if case.shows:
        yield (
            "passage_recall",
            sum(any(holds(text, anchor) for text in texts) for anchor in case.shows) / len(case.shows),
        )
    named = {*case.sources, *case.sources_all}
    if named and case.shows:
        ranks = [
            rank
            for rank, (passage, text) in enumerate(zip(passages, texts, strict=True), 1)
            if passage.source_id in named and any(holds(text, anchor) for anchor in case.shows)
        ]
        yield "mrr", 1 / ranks[0] if ranks else 0.0
