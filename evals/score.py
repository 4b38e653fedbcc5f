"""Scores an answer against its case. Pure: takes the answer as JSON, so that scoring can run again without asking."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from evals.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What was right. Shares are 0 to 1; None where the case asks for nothing of the kind. `failures` say what was wrong, in words."""

    case: str
    kind: str
    status: str
    status_right: bool
    source_right: bool | None
    facts_shown: float | None
    notices_shown: float | None
    forbidden: bool
    words: int
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON values."""
        return asdict(self) | {"passed": self.passed}


def score(case: Case, answer: dict[str, Any]) -> Score:
    """Compares an answer (the JSON of assistant.wire) with its case. Facts and sources count only where something was answered."""
    quotes = folded(" ".join(statement["text"] for statement in answer["statements"]))
    cited = {citation["source_id"] for citation in answer["citations"]}
    kinds = {notice["kind"] for notice in answer["notices"]}
    failures: list[str] = []
    status_right = answer["status"] in {status.value for status in case.status}
    if not status_right:
        failures.append(f"status is {answer['status']}, not {' or '.join(case.status)}")
    answered = bool(answer["statements"])
    asked_sources = bool(case.sources or case.sources_all) and (answered or case.must_answer)
    source_right = None
    if asked_sources:
        any_of = not case.sources or bool(cited & set(case.sources))
        missing = [source for source in case.sources_all if source not in cited]
        source_right = any_of and not missing
        if not source_right:
            failures.append(
                f"cites {', '.join(sorted(cited)) or 'nothing'}, not {' or '.join(missing or case.sources)}"
            )
    hidden = [anchor for anchor in case.shows if not holds(quotes, anchor)] if answered or case.must_answer else []
    failures.extend(f"does not show {anchor!r}" for anchor in hidden)
    shown = [word for word in case.never if folded(word) in quotes]
    failures.extend(f"shows {word!r}" for word in shown)
    unsaid = [kind for kind in case.notices if kind.value not in kinds]
    failures.extend(f"has no {kind} notice" for kind in unsaid)
    return Score(
        case=case.id,
        kind=case.kind,
        status=answer["status"],
        status_right=status_right,
        source_right=source_right,
        facts_shown=1 - len(hidden) / len(case.shows) if case.shows and (answered or case.must_answer) else None,
        notices_shown=1 - len(unsaid) / len(case.notices) if case.notices else None,
        forbidden=bool(shown),
        words=len(quotes.split()),
        failures=tuple(failures),
    )


def holds(text: str, anchor: str | tuple[str, ...]) -> bool:
    """Whether folded text holds an anchor, or one of several."""
    return any(folded(each) in text for each in ([anchor] if isinstance(anchor, str) else anchor))


def folded(text: str) -> str:
    """Lower case, typographic quotes and dashes plain, white space folded."""
    plain = text.casefold().translate(str.maketrans("‘’“”‑–—", "''\"\"---"))
    return re.sub(r"\s+", " ", plain).strip()
