"""A small corpus, a case and answers to it, for the tests of the evals."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evals.cases import Case
from evals.records import Held, HeldPassage, HeldSource, Record

TEXT = "The threshold is £207,720. It includes VAT.\nCouncils may charge nothing for data."
OLD_TEXT = "The old strategy has four themes."


def make_held() -> Held:
    return Held(
        build_id="build-1",
        corpus_digest="d" * 64,
        whole=True,
        sources={
            "lga-new": HeldSource(
                publisher="LGA", title="New", nations=("england",), status="current", legal_regime="independent"
            ),
            "loti-old": HeldSource(
                publisher="LOTI", title="Old", nations=("england",), status="superseded", legal_regime="independent"
            ),
        },
        passages={
            "lga-new:1": HeldPassage(source_id="lga-new", heading_path=("Thresholds now",), text=TEXT),
            "loti-old:1": HeldPassage(source_id="loti-old", heading_path=("Themes",), text=OLD_TEXT),
        },
    )


def make_case(case_id: str = "threshold", **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "id": case_id,
        "question": f"What is the threshold? ({case_id})",
        "status": ["answered"],
        "sources": ["lga-new"],
        "shows": ["£207,720"],
        "tags": ["fact", "thresholds"],
        "author": "a test",
        "why": "to see what happens",
    }
    return Case.model_validate(fields | changes)


def make_answer(
    *quotes: tuple[str, str], status: str = "answered", notices: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    """An answer of quotes given as (passage id, text)."""
    return {
        "status": status,
        "statements": [
            {"text": text, "kind": "quoted", "citations": [number]} for number, (_, text) in enumerate(quotes, 1)
        ],
        "citations": [
            {
                "number": number,
                "quote": text,
                "passage_id": passage,
                "source_id": passage.partition(":")[0],
                "publisher": "LGA",
                "title": "New",
                "heading_path": list(make_held().passages[passage].heading_path)
                if passage in make_held().passages
                else [],
                "content": "digest",
            }
            for number, (passage, text) in enumerate(quotes, 1)
        ],
        "notices": [
            {"kind": kind, "text": f"about {kind}", "source_ids": list(sources)}
            for kind, sources in (notices or {}).items()
        ],
        "suggestion": None,
    }


GOOD = ("lga-new:1", "The threshold is £207,720.")


def make_record(case: Case, answer: dict[str, Any] | None = None, **changes: Any) -> Record:
    record = Record(
        case=case.id,
        asked=case.asked,
        answer=make_answer(GOOD) if answer is None else answer,
        milliseconds=20.0,
        retrieved=("lga-new:1", "loti-old:1"),
    )
    return replace(record, **changes)
