"""What an officer must know beside the quotes: changed law, passed dates, another nation, a summary instead of the original."""

from collections.abc import Mapping, Sequence
from datetime import date

from assistant.currency import conflict_notice, find_conflicts, term_notices
from assistant.index import Index
from assistant.types import (
    AnswerStatus,
    Citation,
    ContentKind,
    LegalRegime,
    Nation,
    Notice,
    NoticeKind,
    Question,
    Source,
    SourceStatus,
)

_NATION_NAMES = {
    Nation.ENGLAND: "England",
    Nation.WALES: "Wales",
    Nation.SCOTLAND: "Scotland",
    Nation.NORTHERN_IRELAND: "Northern Ireland",
}
IN_QUOTES = (
    "The answer could not be put into sentences this time, or not all of it. The quotes are the guidance's own words."
)
OLD_LAW = (
    "It was written under the Public Contracts Regulations 2015. For procurements begun on or after "
    "24 February 2025 the Procurement Act 2023 applies; "
    "contracts from procurements begun earlier stay under the old rules."
)


def notices(question: Question, citations: Sequence[Citation], index: Index, today: date) -> tuple[Notice, ...]:
    """The notices of an answer, the gravest first. Without citations only the question's own terms give any."""
    sources = index.sources
    cited = [sources[source_id] for source_id in dict.fromkeys(citation.source_id for citation in citations)]
    replaced = [notice for source in cited for notice in superseded(source, sources)]
    quotes = [(citation.source_id, citation.quote) for citation in citations]
    return (
        *(conflict_notice(each, sources) for each in find_conflicts(question.cleaned, quotes, index.conflicts)),
        *replaced,
        *term_notices(question.cleaned, [quote for _, quote in quotes], index.terms),
        *(notice for source in cited for notice in dates(source, today)),
        *nation(question.nations, cited),
        *digest(citations),
    )


def all_notices(
    question: Question, cited: tuple[Sequence[Citation], Sequence[Citation]], index: Index, today: date
) -> tuple[Notice, ...]:
    """The notices of what is shown; and of disagreements and changed terms in the quotes that would be shown without a language model.

    `cited` are the citations shown, and those of the quotes. How an answer is put must not decide whether a disagreement is told.
    """
    shown = notices(question, cited[0], index, today)
    if cited[0] == cited[1]:
        return shown
    told = {(notice.kind, notice.text) for notice in shown}
    also = [
        notice
        for notice in notices(question, cited[1], index, today)
        if notice.kind in {NoticeKind.CONFLICT, NoticeKind.CHANGED_TERM} and (notice.kind, notice.text) not in told
    ]
    return (
        *(each for each in also if each.kind is NoticeKind.CONFLICT),
        *shown,
        *(each for each in also if each.kind is not NoticeKind.CONFLICT),
    )


def superseded(source: Source, sources: Mapping[str, Source]) -> list[Notice]:
    """Says that a source has been replaced, is old, or assumes repealed law."""
    if source.status is SourceStatus.CURRENT and source.legal_regime is not LegalRegime.PCR_2015:
        return []
    successors = [sources[other] for other in source.superseded_by if other in sources]
    parts = [f"{name(source)} {_standing(source.status)}."]
    if source.superseded_note:
        parts.append(source.superseded_note)
    elif source.legal_regime is LegalRegime.PCR_2015:
        parts.append(OLD_LAW)
    if successors:
        parts.append(f"See instead: {'; '.join(name(other) for other in successors)}.")
    return [
        Notice(
            kind=NoticeKind.SUPERSEDED,
            text=" ".join(parts),
            source_ids=(source.id, *(other.id for other in successors)),
        )
    ]


def _standing(status: SourceStatus) -> str:
    match status:
        case SourceStatus.SUPERSEDED:
            return "is superseded"
        case SourceStatus.WITHDRAWN:
            return "has been withdrawn"
        case SourceStatus.HISTORIC:
            return "is old, and nothing newer of its kind is held"
        case SourceStatus.CURRENT:
            return "rests on earlier procurement law"


def dates(source: Source, today: date) -> list[Notice]:
    """Says that a source is not valid yet, no longer, or that nobody has looked at it since its review date."""
    texts = []
    if source.valid_from and today < source.valid_from:
        texts.append(f"{name(source)} applies only from {long_date(source.valid_from)}.")
    if source.valid_to and today > source.valid_to:
        texts.append(
            f"{name(source)} was valid until {long_date(source.valid_to)}. Check what applies now before you rely on it."
        )
    if source.review_by and today > source.review_by:
        texts.append(
            f"{name(source)} was due for review on {long_date(source.review_by)}; its facts may have changed since."
        )
    return [Notice(kind=NoticeKind.DATE, text=text, source_ids=(source.id,)) for text in texts]


def nation(asked: Sequence[Nation], cited: Sequence[Source]) -> list[Notice]:
    """Says that a source does not apply in a nation that the question names."""
    found = []
    for each in asked:
        elsewhere = [source for source in cited if each not in source.nations]
        if elsewhere:
            names = "; ".join(f"{name(source)} ({_nations(source)})" for source in elsewhere)
            text = f"Your question names {_NATION_NAMES[each]}, but this guidance was not written for it: {names}."
            found.append(Notice(kind=NoticeKind.NATION, text=text, source_ids=tuple(source.id for source in elsewhere)))
    return found


def digest(citations: Sequence[Citation]) -> list[Notice]:
    """Says which quotes are from our own summaries."""
    ours = [citation for citation in citations if citation.content is ContentKind.DIGEST]
    if not ours:
        return []
    numbers = ", ".join(f"[{citation.number}]" for citation in ours)
    verb = "Quotes" if len(ours) > 1 else "Quote"
    are = "are" if len(ours) > 1 else "is"
    text = f"{verb} {numbers} {are} from our own summaries; follow the links to read further."
    return [
        Notice(
            kind=NoticeKind.DIGEST, text=text, source_ids=tuple(dict.fromkeys(citation.source_id for citation in ours))
        )
    ]


def name(source: Source) -> str:
    """A source as an officer would name it: publisher, title, year."""
    year = f", {source.published[:4]}" if source.published and source.published[:4] not in source.title else ""
    return f"“{source.title}” ({source.publisher}{year})"


def long_date(day: date) -> str:
    """24 February 2025."""
    return f"{day.day} {day:%B %Y}"


def _nations(source: Source) -> str:
    return ", ".join(_NATION_NAMES[each] for each in source.nations)


def suggest(
    status: AnswerStatus,
    *,
    nearest: Sequence[str] = (),
    missing: Sequence[str] = (),
    in_english: bool = True,
    in_quotes: bool = False,
) -> str | None:
    """What an officer can do next. `nearest` are the names of the nearest sources held, `missing` the questions left open.

    `in_quotes` says that the answer could not be phrased as it usually is.
    """
    found = _suggestion(status, nearest, missing, in_english=in_english)
    return " ".join([IN_QUOTES, *([found] if found else [])]) if in_quotes else found


def _suggestion(
    status: AnswerStatus, nearest: Sequence[str], missing: Sequence[str], *, in_english: bool
) -> str | None:
    match status:
        case AnswerStatus.UNANSWERABLE if not in_english:
            return "The guidance I hold is in English, and your question does not seem to be. Please ask it in English."
        case AnswerStatus.ANSWERED | AnswerStatus.PARTIAL if not in_english:
            return (
                "Your question does not seem to be in English. The guidance I hold is: these are the nearest quotes. "
                "Ask in English to be surer."
            )
        case AnswerStatus.CLARIFY if nearest:
            meant = ", ".join(f"“{each}”" for each in nearest)
            return f"Which of these do you mean: {meant}? Or name the rule, document or stage of buying."
        case AnswerStatus.CLARIFY:
            return "What would you like to know? Name the rule, document, kind of contract or stage of buying that you mean."
        case AnswerStatus.UNANSWERABLE:
            held = (
                f" The nearest I hold is {' and '.join(nearest)}, which does not seem to answer it." if nearest else ""
            )
            return (
                f"I can't answer that from the guidance I hold.{held} "
                "Try naming the rule, document or stage of buying you mean, or ask your procurement team."
            )
        case AnswerStatus.PARTIAL if missing:
            return f"I can't answer this part from the guidance I hold: {' '.join(f'“{each}”' for each in missing)}"
        case AnswerStatus.PARTIAL:
            return "Part of this is not in the guidance I hold, as the quotes say. Look for it in the documents they are from."
        case _:
            return None
