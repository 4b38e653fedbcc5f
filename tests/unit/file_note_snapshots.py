"""Snapshots of answers, for tests of the file note."""

import hashlib
from datetime import UTC, datetime

from api.store.snapshot import SnapshotJson

ASKED_AT = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC)
TEXT = "LOTI drew up wording on exit. A supplier may not charge the council.\n- exit\n- open formats\nAsk early."
QUOTE = "A supplier may not charge the council."
LIST_QUOTE = "A supplier may not charge the council.\n- exit\n- open formats"
HOSTILE = "[click](https://evil.example) <script>alert(1)</script> ![x](y) `code` **bold** https://evil.example www.evil.example | # h & &amp; _u_ ~~s~~"


def make_snapshot(
    *, text=TEXT, quotes=(QUOTE,), question="Can a supplier charge?", sha256=None, **changes
) -> SnapshotJson:
    """A snapshot of one passage of one source, quoted once for each of `quotes`."""
    source = {
        "id": "loti-data",
        "ref": "O18",
        "publisher": "LOTI",
        "title": "Data wording",
        "url": "https://loti.london/data",
    }
    source |= {
        "published": "2020-11",
        "published_note": None,
        "status": "superseded",
        "superseded_by": [],
        "superseded_note": None,
    }
    source |= {"legal_regime": "pcr_2015", "nations": ["england", "wales"], "valid_from": None, "valid_to": None}
    source |= {"review_by": "2027-05-31", "licence": "not shown", "content": "digest"} | changes.pop("source", {})
    citation = {key: source[key] for key in ("ref", "publisher", "title", "url", "published", "content")}
    citation |= {"source_id": source["id"], "source_status": source["status"], "passage_id": "loti-data:0"}
    citation |= {"page": 4, "heading_path": ["Part", "Charges"]}
    answer = {
        "id": "a" * 32,
        "question": question,
        "status": "answered",
        "statements": [{"text": quote, "kind": "quoted", "citations": [n]} for n, quote in enumerate(quotes, 1)],
        "citations": [citation | {"number": n, "quote": quote} for n, quote in enumerate(quotes, 1)],
        "notices": [
            {"kind": "digest", "text": "Quote [1] is from our own summaries.", "source_ids": []},
            {"kind": "superseded", "text": "“Data wording” is superseded.", "source_ids": []},
        ],
        "suggestion": None,
        "conversation_id": None,
        "build_id": "build-1",
    } | changes.pop("answer", {})
    passage = {
        "passage_id": "loti-data:0",
        "text": text,
        "heading_path": ["Part", "Charges"],
        "page": 4,
        "source_id": "loti-data",
    }
    passage |= {"sha256": sha256 or hashlib.sha256(text.encode()).hexdigest()}
    return SnapshotJson.model_validate(
        {
            "answer": answer,
            "asked_at": ASKED_AT,
            "build_id": "build-1",
            "model": None,
            "prompt_sha256": None,
            "passages": [passage],
            "sources": [source],
            "settings": {"quote_words": 120, "filters": {"publishers": ["LOTI"]}},
        }
        | changes
    )
