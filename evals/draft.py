"""Drafts a case from a question and the answer it gets; a person then says what the answer should have been."""

import re
from typing import Any

import yaml

from assistant.types import NoticeKind
from evals.ask import AskError
from evals.cases import TO_FILL_IN
from evals.records import Record

_ANCHOR_WORDS = 8
_ID_WORDS = 6
_SMALL = frozenset(
    "a an and are can do does for how i in is it my of on or our the to us we what when which who why with".split()
)


def draft(question: str, history: tuple[str, ...], record: Record) -> str:
    """A case in YAML, to be read critically: it expects what was answered, right or wrong.

    Raises:
        AskError: there is no answer to draft from.
    """
    if record.answer is None:
        raise AskError(f"The question could not be answered, so there is nothing to draft from: {record.error}")
    answer = record.answer
    cited = list(dict.fromkeys(citation["source_id"] for citation in answer["citations"]))
    case: dict[str, Any] = {"id": slug(question), "question": question}
    if history:
        case["history"] = list(history)
    case |= {
        "status": [answer["status"]],
        "sources": cited,
        "shows": [_anchor(statement["text"]) for statement in answer["statements"][:1]],
    }
    notices = sorted({each["kind"] for each in answer["notices"]} - {NoticeKind.DIGEST.value})
    if notices:
        case["notices"] = notices
    case |= {
        "tags": ["follow-up" if history else "fact"],
        "author": f"{TO_FILL_IN}: your name",
        "why": f"{TO_FILL_IN}: what goes wrong for an officer when this is answered badly",
    }
    return yaml.safe_dump([case], sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None)


def slug(question: str) -> str:
    """An id from the first words that carry meaning."""
    words = [word for word in re.findall(r"[a-z0-9]+", question.lower()) if word not in _SMALL]
    return "-".join(words[:_ID_WORDS]) or "case"


def _anchor(quote: str) -> str:
    """The first words of a quote: short, so that it survives edits around it."""
    return " ".join(quote.split()[:_ANCHOR_WORDS]).rstrip(".,;:")
