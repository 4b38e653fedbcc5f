"""The chat page. Its form asks without JavaScript; with it, the widget takes the form's place."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from api.admission import visit
from api.pages.answer_view import answer_view
from api.pages.frame import page
from api.pages.same_origin import require_same_origin
from api.pages.source_list import facts
from api.serving import CurrentDesk, CurrentIndex
from api.turns import Asked
from assistant import guard
from assistant.errors import QuestionError
from assistant.index import Index
from assistant.query import clean
from assistant.types import Filters

router = APIRouter(include_in_schema=False)

EXAMPLES = (
    "Can a supplier charge us to get our own data out?",
    "Can I still run an innovation partnership?",
    "What should our tender say about APIs?",
)
_MOST_FIELDS = 8


@router.api_route("/", methods=["GET", "HEAD"])
def chat_page(index: CurrentIndex) -> HTMLResponse:
    """The chat page before a question."""
    return _chat_page(index)


@router.post("/")
async def ask_by_form(request: Request, desk: CurrentDesk, index: CurrentIndex) -> HTMLResponse:
    """The chat page with the answer to the question that its form sent."""
    require_same_origin(request)
    form = await _read_form(request)
    question = form.get("question", "").replace("\r\n", "\n")
    async with visit(request, form.get("session")) as visitor:
        asked = Asked(
            question=question,
            filters=Filters(),
            conversation_id=form.get("conversation_id"),
            owner=visitor.caller.owner,
        )
        try:
            answer = (await desk.finish(await desk.begin(asked))).answer
        except QuestionError as error:
            return _refused(index, question, str(error), asked.conversation_id, visitor.token)
    return _chat_page(
        index,
        answer=answer_view(answer),
        conversation_id=answer.conversation_id or asked.conversation_id,
        session=visitor.token,
    )


def _refused(
    index: Index, question: str, reason: str, conversation_id: str | None, session: str | None
) -> HTMLResponse:
    """The form again, with what is wrong and what was typed; personal data is not given back, whatever else is wrong."""
    if personal := guard.inspect(clean(question)):
        question, reason = "", personal.message
    return _chat_page(index, status=422, error=reason, typed=question, conversation_id=conversation_id, session=session)


def _chat_page(index: Index, *, status: int = 200, **values: Any) -> HTMLResponse:
    shown = {"answer": None, "error": None, "typed": "", "conversation_id": None, "session": None} | values
    return page("chat.html", status=status, facts=facts(index), examples=EXAMPLES, **shown)


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a form as browsers send it by default (application/x-www-form-urlencoded, UTF-8); the first of each name."""
    try:
        fields = parse_qs((await request.body()).decode(), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return {name: values[0] for name, values in fields.items()}
