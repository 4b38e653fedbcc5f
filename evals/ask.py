"""Asks a case of the product through its public interface: in this process, or of a running server."""

import logging
import time
from collections.abc import Sequence
from typing import Any, Protocol, Self

import httpx2
from pydantic import TypeAdapter, ValidationError

from assistant.adapters.build_folder import builds_folder, read_info
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import model_folder
from assistant.answer import Assistant
from assistant.errors import GuidanceError, QuestionError
from assistant.settings import AssistantSettings
from assistant.types import Answer, AnswerStatus, Source, Turn
from assistant.wire import to_dict
from evals.cases import Case
from evals.records import Held, HeldPassage, Record, held_by, held_source

logger = logging.getLogger(__name__)
NO_CONVERSATIONS = "not asked: the server keeps no conversations (its retention is 0 days), and this case has a history"
_SECONDS = 30.0
_SOURCES = TypeAdapter(tuple[Source, ...])


def open_embedder(settings: AssistantSettings, build_id: str) -> OnnxEmbedder:
    """The model that a build was made with, for grouping questions."""
    info = read_info(builds_folder(settings.data_dir) / build_id)
    return OnnxEmbedder(
        model_folder(settings.data_dir / "models", info.model_weights_sha256), expected_files=info.model_files
    )


class AskError(GuidanceError):
    """The server can't be asked. The message says what to do."""


class Channel(Protocol):
    """A way to the product."""

    def ask(self, case: Case) -> Record:
        """Asks one case. Never raises: what goes wrong is the record's error. Called from several threads at once."""
        ...

    def held(self) -> Held:
        """The corpus that answers. Its passages may come in as they are cited."""
        ...


class InProcess:
    """The product in this process; with `searching`, what its search found is kept beside each answer."""

    def __init__(self, assistant: Assistant, *, searching: bool = True) -> None:
        self._assistant = assistant
        self._searching = searching

    def ask(self, case: Case) -> Record:
        """The answer, its time, and the passages that the search finds for it."""
        try:
            turns = self._turns(case)
            began = time.perf_counter()
            answer = self._answer(case.question, turns)
            spent = (time.perf_counter() - began) * 1000
            retrieved = self._retrieved(case.question, turns) if self._searching else None
        except Exception as error:  # Whatever breaks the product must count against it, not end the run.
            logger.exception("case %s", case.id)
            return Record(case=case.id, asked=case.asked, error=f"{type(error).__name__}: {error}")
        return Record(
            case=case.id, asked=case.asked, answer=to_dict(answer), milliseconds=round(spent, 2), retrieved=retrieved
        )

    def held(self) -> Held:
        """Everything in the build."""
        return held_by(self._assistant.index)

    def _turns(self, case: Case) -> list[Turn]:
        turns: list[Turn] = []
        for earlier in case.history:
            before = self._answer(earlier, turns)
            turns.append(Turn(question=earlier, answer=" ".join(statement.text for statement in before.statements)))
        return turns

    def _answer(self, question: str, turns: Sequence[Turn]) -> Answer:
        try:
            return self._assistant.ask(question, history=turns)
        except QuestionError as error:
            # A question that is refused before it is looked at was not answered.
            return Answer(
                id=error.code,
                question=question,
                status=AnswerStatus.CLARIFY,
                suggestion=str(error),
                build_id=self._assistant.index.info.id,
            )

    def _retrieved(self, question: str, turns: Sequence[Turn]) -> tuple[str, ...]:
        try:
            return tuple(hit.passage.id for hit in self._assistant.search(question, history=turns)[1].hits)
        except QuestionError:
            return ()


class OverHttp:
    """A running server, through POST /v1/chat. Quotes are checked against what it serves at /v1/passages."""

    def __init__(self, url: str) -> None:
        self._url = url
        # Proxies of the environment are for the web; the server that is measured is named by hand.
        self._client = httpx2.Client(base_url=url, timeout=_SECONDS, trust_env=False)
        self._passages: dict[str, HeldPassage] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, case: Case) -> Record:
        """The server's answer and its time, the way to it included. What comes before is asked first, in the same conversation."""
        conversation_id = None
        try:
            for earlier in case.history:
                conversation_id = self._post(earlier, conversation_id).json().get("conversation_id") or conversation_id
            if case.history and conversation_id is None:
                return Record(case=case.id, asked=case.asked, error=NO_CONVERSATIONS)
            began = time.perf_counter()
            response = self._post(case.question, conversation_id)
            spent = (time.perf_counter() - began) * 1000
            body = response.json()
            self._forget(body.get("conversation_id") or conversation_id)
        except (httpx2.HTTPError, ValueError) as error:
            return Record(case=case.id, asked=case.asked, error=f"{type(error).__name__}: {error}")
        if response.status_code == 422 and str(body.get("type", "")).startswith("/problems/question-"):
            body = self._refused(case, body)
        elif response.status_code != 200:
            return Record(
                case=case.id, asked=case.asked, error=f"HTTP {response.status_code}: {body.get('detail', body)}"
            )
        try:
            self._look_up({citation["passage_id"] for citation in body["citations"]})
        except AskError as error:
            return Record(case=case.id, asked=case.asked, error=str(error))
        return Record(case=case.id, asked=case.asked, answer=body, milliseconds=round(spent, 2))

    def held(self) -> Held:
        """All sources, and the passages that have been cited so far.

        Raises:
            AskError: the server does not tell.
        """
        listed = self._get("/v1/sources")
        try:
            sources = _SOURCES.validate_python(listed.get("sources"))
        except ValidationError as error:
            raise AskError(f"{self._url}/v1/sources does not list sources as this version does: {error}") from error
        return Held(
            build_id=listed["build_id"],
            corpus_digest=None,
            whole=False,
            sources={source.id: held_source(source) for source in sources},
            passages=self._passages,
        )

    def check(self) -> None:
        """Whether the server is there and ready.

        Raises:
            AskError: it is not, and what to do.
        """
        try:
            response = self._client.get("/readyz")
        except httpx2.HTTPError as error:
            raise AskError(f"There is no server at {self._url} ({error}). Start one: python -m api") from error
        if response.status_code != 200:
            raise AskError(f"The server at {self._url} is not ready: {response.text}")

    def _post(self, question: str, conversation_id: str | None) -> httpx2.Response:
        return self._client.post("/v1/chat", json={"question": question, "conversation_id": conversation_id})

    def _forget(self, conversation_id: str | None) -> None:
        # Questions of a measurement are not an officer's: they must not stay among those.
        if conversation_id is not None:
            self._client.delete(f"/v1/conversations/{conversation_id}")

    def _look_up(self, passage_ids: set[str]) -> None:
        """Keeps the text of the passages that are cited. One that the server does not hold leaves its quote unsupported."""
        for passage_id in sorted(passage_ids - set(self._passages)):
            found = self._get(f"/v1/passages/{passage_id}")
            if found:
                self._passages[passage_id] = HeldPassage(
                    source_id=found["source"]["id"], heading_path=tuple(found["heading_path"]), text=found["text"]
                )

    def _get(self, path: str) -> dict[str, Any]:
        try:
            response = self._client.get(path)
        except httpx2.HTTPError as error:
            raise AskError(f"{self._url}{path} can't be read: {error}. Is the server still running?") from error
        return dict(response.json()) if response.status_code == 200 else {}

    @staticmethod
    def _refused(case: Case, problem: dict[str, Any]) -> dict[str, Any]:
        code = str(problem["type"]).rpartition("/")[2]
        return to_dict(
            Answer(
                id=code,
                question=case.question,
                status=AnswerStatus.CLARIFY,
                suggestion=str(problem.get("detail", "")),
                build_id="",
            )
        )
