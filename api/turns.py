"""One turn: a question goes in, its answer comes out and is kept."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from pydantic import JsonValue

from api.observation import Observe
from api.store import Store, StoreUnavailableError, conversations, idempotency
from api.store.idempotency import KeyedRequest
from api.store.snapshot import Snapshot, evidence_of, pack
from assistant.assembly import ServingAssistant
from assistant.telling import Tell
from assistant.types import AnswerStatus, Filters, Turn
from assistant.wire import AnswerJson, to_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, whose it is, and which conversation it goes on with."""

    question: str
    filters: Filters
    conversation_id: str | None
    owner: str
    idempotency_key: str | None = None

    @property
    def keyed_request(self) -> KeyedRequest | None:
        """The request as its key knows it."""
        if self.idempotency_key is None:
            return None
        body = {"question": self.question, "filters": asdict(self.filters), "conversation_id": self.conversation_id}
        return KeyedRequest(self.owner, self.idempotency_key, json.dumps(body, sort_keys=True).encode())


class GivenAnswer(NamedTuple):
    """An answer, its JSON, and whether it was given before."""

    answer: AnswerJson
    document: bytes
    replayed: bool = False


class Begun(NamedTuple):
    """A question that may be answered. `conversation_id` is null where nothing will be kept."""

    asked: Asked
    answer_id: str
    conversation_id: str | None
    history: Sequence[Turn] = ()
    replayed: bytes | None = None
    keeping: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What answering a question needs. `answering` lets as many questions be answered at a time as there are cores.

    The store is used outside it, so that the next question is answered while the disk is waited for.
    """

    serving: ServingAssistant
    answering: CapacityLimiter
    store: Store
    observers: Sequence[Observe] = ()

    async def begin(self, asked: Asked) -> Begun:
        """Looks up what the question goes on from. A first question goes on where the store can't be used; nothing is then kept.

        Raises:
            ConversationNotFoundError, ConversationFullError, KeyReusedError, KeyInUseError: nothing is answered.
            StoreUnavailableError: the conversation can't be read.
        """
        if asked.conversation_id is None and asked.idempotency_key is None:
            return _begun(asked, keeping=self.store.keeps)
        return await anyio.to_thread.run_sync(partial(_look_up, self.store, asked))

    async def finish(self, begun: Begun, tell: Tell | None = None) -> GivenAnswer:
        """Answers, and returns once the answer is kept. `conversation_id` of a first answer is null where it could not be.

        Raises:
            QuestionError, BuildError, ModelError: as `Assistant.ask` and `ServingAssistant.current`.
            ConversationNotFoundError, ConversationFullError: the conversation has become so; nothing is kept.
            StoreUnavailableError: the answer can't be made the conversation's next turn.
            Abandoned: `tell` said so; nothing is kept.
        """
        if begun.replayed is not None:
            return GivenAnswer(AnswerJson.model_validate_json(begun.replayed), begun.replayed, replayed=True)
        kept = False
        try:
            make = partial(_make, self.serving, begun, tell, self.observers)
            given, snapshot = await anyio.to_thread.run_sync(make, limiter=self.answering)
            if begun.keeping and given.answer.status is not AnswerStatus.PERSONAL_DATA:
                given, kept = await anyio.to_thread.run_sync(partial(_keep, self.store, begun, given, snapshot))
            return given
        finally:
            if not kept and begun.asked.idempotency_key is not None:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(partial(_release, self.store, begun.asked))


def _begun(asked: Asked, *, keeping: bool, history: Sequence[Turn] = ()) -> Begun:
    new = secrets.token_hex(16) if keeping else None
    return Begun(asked, secrets.token_hex(16), asked.conversation_id or new, history, keeping=keeping)


def _look_up(store: Store, asked: Asked) -> Begun:
    request, history = asked.keyed_request, list[Turn]()
    try:
        with store.writing() if request is not None else store.reading() as connection:
            if request is not None and (answered := idempotency.reserve(connection, request, datetime.now(UTC))):
                return _begun(asked, keeping=False)._replace(replayed=answered)
            if asked.conversation_id is not None:
                history = conversations.history(connection, owner=asked.owner, conversation_id=asked.conversation_id)
    except StoreUnavailableError:
        if asked.conversation_id is not None:
            raise
        return _begun(asked, keeping=False)
    return _begun(asked, keeping=store.keeps, history=history)


def _make(
    serving: ServingAssistant, begun: Begun, tell: Tell | None, observers: Sequence[Observe]
) -> tuple[GivenAnswer, Snapshot]:
    asked, assistant, asked_at = begun.asked, serving.current(), datetime.now(UTC)
    answer = assistant.ask(asked.question, filters=asked.filters, history=begun.history, tell=tell)
    for observe in observers:
        observe(answer)
    # What must not be typed here begins no conversation.
    personal = answer.status is AnswerStatus.PERSONAL_DATA
    conversation_id = asked.conversation_id if personal else begun.conversation_id
    wire = to_wire(replace(answer, id=begun.answer_id, conversation_id=conversation_id))
    document = wire.model_dump_json().encode()
    evidence = evidence_of(answer, assistant.index, {**assistant.settings, "filters": _in_json(asked.filters)})
    phrased_by = answer.wording.phrased_by if answer.wording else None
    snapshot = Snapshot(
        answer_id=wire.id,
        status=answer.status,
        build_id=answer.build_id,
        asked_at=asked_at,
        answer=document,
        evidence=pack(evidence.model_dump_json().encode()),
        model=phrased_by.model if phrased_by else None,
        prompt_sha256=phrased_by.prompt_sha256 if phrased_by else None,
    )
    return GivenAnswer(wire, document), snapshot


def _in_json(filters: Filters) -> dict[str, JsonValue]:
    """What was limited, and nothing else."""
    given = {name: value for name, value in asdict(filters).items() if value}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


def _keep(store: Store, begun: Begun, given: GivenAnswer, snapshot: Snapshot) -> tuple[GivenAnswer, bool]:
    """Keeps the answer, in one transaction. Returns what is then given, and whether it was kept."""
    asked, owner, conversation_id = begun.asked, begun.asked.owner, begun.conversation_id or ""
    try:
        with store.writing() as connection:
            keep = conversations.begin_conversation if asked.conversation_id is None else conversations.add_turn
            keep(connection, owner=owner, conversation_id=conversation_id, snapshot=snapshot)
            if request := asked.keyed_request:
                idempotency.complete(connection, request, snapshot.answer_id)
    except StoreUnavailableError:
        if asked.conversation_id is not None:
            raise
        unkept = given.answer.model_copy(update={"conversation_id": None})
        return GivenAnswer(unkept, unkept.model_dump_json().encode()), False
    return given, True


def _release(store: Store, asked: Asked) -> None:
    if (request := asked.keyed_request) is None:
        return
    try:
        with store.writing() as connection:
            idempotency.release(connection, request)
    except StoreUnavailableError:
        return  # The key frees itself after a while.
