"""An answer in parts, as server-sent events: each part as soon as it stands, and in the end the whole or why there is none."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import anyio
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel, Field

from api.problems import ProblemJson
from api.store_problems import StoppingError
from api.turns import Asked, Begun, Desk, GivenAnswer
from assistant.errors import Abandoned, GuidanceError
from assistant.types import Citation, Notice, Statement
from assistant.wire import AnswerJson, CitationJson, NoticeJson, StatementJson

logger = logging.getLogger(__name__)

Part = tuple[Citation, ...] | Statement | Notice


class _Event(BaseModel):
    sequence_number: int = Field(default=0, description="0, 1, 2, …")


class AnswerStarted(_Event):
    """The question is being answered."""

    type: Literal["answer.started"] = "answer.started"
    answer_id: str
    conversation_id: str | None
    question: str


class AnswerSources(_Event):
    """What the statements rest on."""

    type: Literal["answer.sources"] = "answer.sources"
    citations: tuple[CitationJson, ...]


class AnswerStatement(_Event):
    """A statement that passed its check."""

    type: Literal["answer.statement"] = "answer.statement"
    statement: StatementJson


class AnswerNotice(_Event):
    """What must be known beside the statements."""

    type: Literal["answer.notice"] = "answer.notice"
    notice: NoticeJson


class AnswerCompleted(_Event):
    """The whole answer. The last event."""

    type: Literal["answer.completed"] = "answer.completed"
    answer: AnswerJson


class AnswerFailed(_Event):
    """Why there is no answer; what was told of it is not to be relied on. The last event."""

    type: Literal["answer.failed"] = "answer.failed"
    problem: ProblemJson


StreamEvent = Annotated[
    AnswerStarted | AnswerSources | AnswerStatement | AnswerNotice | AnswerCompleted | AnswerFailed,
    Field(discriminator="type"),
]


class Stream:
    """One answer on its way from the thread that makes it to the connection that it is sent on."""

    def __init__(self, desk: Desk, asked: Asked) -> None:
        self._desk, self._asked = desk, asked
        self._loop = asyncio.get_running_loop()
        self._items: asyncio.Queue[Part | GivenAnswer | Exception] = asyncio.Queue()
        self._scope = anyio.CancelScope()
        self._left = threading.Event()
        self.begun: Begun | None = None

    async def work(self) -> None:
        """Answers; what comes of it, whatever it is, is put where `next` takes it from."""
        with self._scope:
            try:
                self.begun = await self._desk.begin(self._asked)
                item: GivenAnswer | Exception = await self._desk.finish(self.begun, self._tell)
            except Exception as error:  # noqa: BLE001  # Raised again by `next`.
                item = error
            self._items.put_nowait(item)

    async def next(self) -> Part | GivenAnswer:
        """The next part; the answer is the last.

        Raises:
            Exception: whatever came instead of it.
        """
        item = await self._items.get()
        if isinstance(item, Exception):
            raise item
        return item

    def stop(self) -> None:
        """Ends the stream without the answer, because the server stops."""
        self._items.put_nowait(StoppingError())

    def leave(self) -> None:
        """Stops the work where it waits, or else at the next thing that it would tell. Nothing of it is then kept."""
        self._left.set()
        self._scope.cancel()

    def _tell(self, part: Part) -> None:
        if self._left.is_set():
            raise Abandoned
        self._loop.call_soon_threadsafe(self._items.put_nowait, part)


@asynccontextmanager
async def open_stream(desk: Desk, asked: Asked, running: set[Stream]) -> AsyncIterator[Stream]:
    """A stream that works until it is left; nothing of it goes on afterwards. It is one of `running` meanwhile."""
    stream = Stream(desk, asked)
    work = asyncio.create_task(stream.work())
    running.add(stream)
    try:
        yield stream
    finally:
        running.discard(stream)
        stream.leave()
        with anyio.CancelScope(shield=True):
            await work


async def events(
    stream: Stream, first: Part | GivenAnswer, to_problem: Callable[[Exception], ProblemJson]
) -> AsyncIterator[ServerSentEvent]:
    """The events of a stream, numbered. `first` was taken from it. Always ends with one terminal event.

    Nothing may be raised here: the response has begun with 200, and FastAPI would break it off without a word.
    """
    number = 0
    try:
        async for event in _events(stream, first):
            yield _sent(event, number)
            number += 1
    except Exception as error:
        if not isinstance(error, GuidanceError):
            logger.exception("a stream failed")
        yield _sent(AnswerFailed(problem=to_problem(error)), number)


async def _events(stream: Stream, item: Part | GivenAnswer) -> AsyncIterator[StreamEvent]:
    if isinstance(item, GivenAnswer):
        # As the answer has it: personal data are not given back.
        yield _started(item.answer)
        for event in _parts(item.answer):
            yield event
    elif stream.begun is not None:
        yield AnswerStarted(
            answer_id=stream.begun.answer_id,
            conversation_id=stream.begun.conversation_id,
            question=stream.begun.asked.question,
        )
    while not isinstance(item, GivenAnswer):
        yield _part(item)
        item = await stream.next()
    yield AnswerCompleted(answer=item.answer)


def _started(answer: AnswerJson) -> AnswerStarted:
    return AnswerStarted(answer_id=answer.id, conversation_id=answer.conversation_id, question=answer.question)


def _parts(answer: AnswerJson) -> Iterator[StreamEvent]:
    """An answer that was there at once, in the same parts."""
    if answer.citations:
        yield AnswerSources(citations=answer.citations)
    for statement in answer.statements:
        yield AnswerStatement(statement=statement)
    for notice in answer.notices:
        yield AnswerNotice(notice=notice)


def _part(part: Part) -> StreamEvent:
    match part:
        case Statement():
            return AnswerStatement(statement=StatementJson.model_validate(part))
        case Notice():
            return AnswerNotice(notice=NoticeJson.model_validate(part))
        case _:
            return AnswerSources(citations=tuple(CitationJson.model_validate(each) for each in part))


def _sent(event: StreamEvent, number: int) -> ServerSentEvent:
    numbered = event.model_copy(update={"sequence_number": number})
    return ServerSentEvent(event=event.type, raw_data=numbered.model_dump_json())
