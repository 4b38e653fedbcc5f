"""Examples for /openapi.json: real answers, shortened."""

import json
from pathlib import Path
from typing import Any


def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return document


# A real answer, shortened to two quotes, and what these rest on.
ANSWER = _read("answer")
_ASKED_AT = "2026-11-22T12:31:07.120Z"
SNAPSHOT = {
    **_read("evidence"),
    "answer": ANSWER,
    "asked_at": _ASKED_AT,
    "build_id": ANSWER["build_id"],
    "model": None,
    "prompt_sha256": None,
}
CONVERSATION = {"id": ANSWER["conversation_id"], "created": _ASKED_AT, "turns": [ANSWER]}
FEEDBACK = {
    "answer_id": ANSWER["id"],
    "verdict": "unhelpful",
    "reasons": ["incomplete"],
    "comment": "It leaves out what happens when the contract ends early.",
    "given_at": "2026-11-22T12:33:41.902Z",
}
SUGGESTIONS = {"questions": ["When must a contract have KPIs?", "Can a supplier charge us to get our own data out?"]}
_EVENTS: list[dict[str, Any]] = [
    {
        "type": "answer.started",
        "answer_id": ANSWER["id"],
        "conversation_id": ANSWER["conversation_id"],
        "question": ANSWER["question"],
    },
    {"type": "answer.sources", "citations": ANSWER["citations"]},
    *({"type": "answer.statement", "statement": statement} for statement in ANSWER["statements"]),
    *({"type": "answer.notice", "notice": notice} for notice in ANSWER["notices"]),
    {"type": "answer.completed", "answer": ANSWER},
]
STREAM = "".join(
    f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
    for number, event in enumerate(_EVENTS)
)
# By address, method, status and media type. FastAPI's own way would leave out the nulls.
EXAMPLES = {
    ("/v1/chat", "post", "200", "application/json"): ANSWER,
    ("/v1/chat/stream", "post", "200", "text/event-stream"): STREAM,
    ("/v1/conversations/{conversation_id}", "get", "200", "application/json"): CONVERSATION,
    ("/v1/answers/{answer_id}", "get", "200", "application/json"): SNAPSHOT,
    ("/v1/answers/{answer_id}/feedback", "post", "201", "application/json"): FEEDBACK,
    ("/v1/answers/{answer_id}/feedback", "post", "200", "application/json"): FEEDBACK,
    ("/v1/suggestions", "get", "200", "application/json"): SUGGESTIONS,
}
