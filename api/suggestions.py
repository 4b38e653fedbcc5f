"""Questions to begin with, of which each is answered by the guidance held now."""

import threading
from typing import Annotated, cast

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.problems import documented
from api.serving import CurrentDesk
from assistant.answer import Assistant
from assistant.assembly import ServingAssistant
from assistant.types import AnswerStatus

router = APIRouter(prefix="/v1", tags=["chat"])

SHOWN = 5
# What officers ask most, of law, contracts, data and suppliers. More than are shown, since a council's own corpus may lack some.
OPENING_QUESTIONS = (
    "What is the council threshold for goods and services?",
    "When can a council award a contract without competition?",
    "When must a contract have KPIs?",
    "Can a supplier charge us to get our own data out?",
    "What should our tender say about APIs?",
    "Can we reserve a contract for local suppliers or small firms?",
    "What should we ask suppliers when we buy AI?",
    "Does a council have to ask suppliers for Cyber Essentials?",
    "Can I still run an innovation partnership?",
    "When can we change a contract without a new procurement?",
)


class SuggestionsJson(BaseModel):
    """Questions that the guidance held answers."""

    questions: tuple[str, ...]


class Suggestions:
    """Asks the opening questions once of each build."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._build_id: str | None = None
        self._answered: tuple[str, ...] = ()

    def of(self, assistant: Assistant) -> tuple[str, ...]:
        """The first of them that are answered."""
        with self._lock:
            if self._build_id != assistant.index.info.id:
                self._answered = tuple(_answered(assistant))[:SHOWN]
                self._build_id = assistant.index.info.id
            return self._answered


def _answered(assistant: Assistant) -> list[str]:
    return [each for each in OPENING_QUESTIONS if assistant.ask(each).status is AnswerStatus.ANSWERED]


async def suggestions_of(request: Request) -> Suggestions:
    """What `create_app` made."""
    return cast(Suggestions, request.app.state.suggestions)


@router.get(
    "/suggestions",
    summary="Questions to begin with",
    responses=documented(
        (503, "not-ready", "The guidance can't be searched at the moment", "Try again later."),
    ),
)
async def suggestions(desk: CurrentDesk, suggested: Annotated[Suggestions, Depends(suggestions_of)]) -> SuggestionsJson:
    """A few opening questions that the serving build answers."""
    serving: ServingAssistant = desk.serving
    questions = await anyio.to_thread.run_sync(lambda: suggested.of(serving.current()), limiter=desk.answering)
    return SuggestionsJson(questions=questions)
