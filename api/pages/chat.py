"""The chat page. Its form asks without JavaScript; with it, the widget takes the form's place."""

from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qs

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.admission import Kind, Visit, visit
from api.answers import written_note
from api.file_note import FileNoteFormat
from api.pages.answer_view import AnswerView, answer_view
from api.pages.frame import page
from api.pages.same_origin import require_same_origin
from api.pages.source_list import facts
from api.serving import CurrentAssistant, CurrentDesk, CurrentStore
from api.store import Store, StoreUnavailableError
from api.store.conversations import read_conversation
from api.suggestions import Suggestions, suggestions_of
from api.turns import Asked, Desk
from assistant import guard
from assistant.errors import QuestionError
from assistant.query import clean
from assistant.types import Filters
from assistant.wire import AnswerJson

router = APIRouter(include_in_schema=False)

_MOST_FIELDS = 8
# How many of the answers before are shown again under a new one.
_EARLIER = 10


@router.api_route("/", methods=["GET", "HEAD"])
def chat_page(assistant: CurrentAssistant, suggested: Annotated[Suggestions, Depends(suggestions_of)]) -> HTMLResponse:
    """The chat page before a question."""
    return _chat_page(facts=facts(assistant.index), examples=suggested.of(assistant))


@router.post("/", dependencies=[Depends(require_same_origin)])
async def ask_by_form(request: Request, desk: CurrentDesk) -> HTMLResponse:
    """The chat page with the answer to the question that its form sent."""
    form = await _read_form(request)
    async with visit(request, form.get("session")) as visitor:
        asked = Asked(
            question=form.get("question", ""),
            filters=Filters(),
            conversation_id=form.get("conversation_id") or None,
            owner=visitor.caller.owner,
        )
        try:
            given = await desk.finish(await desk.begin(asked))
        except QuestionError as error:
            return await anyio.to_thread.run_sync(partial(_refused, desk, asked, str(error), visitor))
        return await anyio.to_thread.run_sync(partial(_answered, desk.store, given.answer, visitor))


@router.post("/record", dependencies=[Depends(require_same_origin)])
async def record_by_form(request: Request, store: CurrentStore) -> Response:
    """The record of an answer for the file. A form, as a link could not say whose answer it is."""
    form = await _read_form(request)
    wanted = form.get("format", "")
    if wanted not in list(FileNoteFormat):
        raise HTTPException(400)
    async with visit(request, form.get("session"), Kind.READS) as visitor:
        write = partial(written_note, store, form.get("answer_id", ""), visitor.caller, FileNoteFormat(wanted))
        return await anyio.to_thread.run_sync(write)


def _answered(store: Store, answer: AnswerJson, visitor: Visit) -> HTMLResponse:
    return _chat_page(
        answer=answer_view(answer),
        earlier=_earlier(store, answer, visitor.caller.owner),
        conversation_id=answer.conversation_id,
        session=visitor.token,
    )


def _earlier(store: Store, answer: AnswerJson, owner: str) -> list[AnswerView]:
    """The answers before this one, the latest first."""
    if answer.conversation_id is None:
        return []
    try:
        with store.reading() as connection:
            turns = read_conversation(connection, owner=owner, conversation_id=answer.conversation_id).turns
    except StoreUnavailableError:
        return []  # The answer is there; what came before can wait.
    return [answer_view(each) for each in reversed(turns) if each.id != answer.id][:_EARLIER]


def _refused(desk: Desk, asked: Asked, reason: str, visitor: Visit) -> HTMLResponse:
    """The form again, with what is wrong and what was typed; personal data is not given back, whatever else is wrong."""
    typed, assistant = asked.question, desk.serving.current()
    if personal := guard.inspect(clean(typed)):
        typed, reason = "", personal.message
    return _chat_page(
        status=422,
        error=reason,
        typed=typed,
        facts=facts(assistant.index),
        conversation_id=asked.conversation_id,
        session=visitor.token,
    )


def _chat_page(*, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"answer": None, "earlier": (), "examples": (), "error": None, "typed": ""}
    shown |= {"conversation_id": None, "session": None}
    return page("chat.html", status=status, **(shown | values))


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a form as browsers send it by default (application/x-www-form-urlencoded, UTF-8); the first of each name."""
    try:
        fields = parse_qs((await request.body()).decode(), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return {name: values[0].replace("\r\n", "\n").replace("\0", "") for name, values in fields.items()}
