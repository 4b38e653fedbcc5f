"""The only place that picks adapters."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant.adapters.build_folder import builds_folder, open_index, read_current
from assistant.adapters.cross_encoder import OnnxReranker
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import model_folder
from assistant.answer import Assistant
from assistant.breaker import CircuitBreaker
from assistant.chat import Chat, Restart
from assistant.errors import ChatModelError, SettingsError
from assistant.phrased import Message
from assistant.settings import AssistantSettings
from assistant.writer import Writer

logger = logging.getLogger(__name__)
# A model that takes longer for one word when the server starts is no reason to wait: it is tried again with each question.
_TRIAL_SECONDS = 10.0
_TRIAL = [Message(role="user", text="Write the word: ready")]


def open_assistant(
    settings: AssistantSettings,
    *,
    build_id: str | None = None,
    writer: Writer | None = None,
    today: Callable[[], date] = date.today,
) -> Assistant:
    """Opens the serving build, or another one to compare it with. With a `writer` a language model phrases the answers.

    Raises:
        BuildError: there is no build, or it is damaged.
        ModelError: the embedding model or the reranker is missing, or is not the one that the build was made with.
    """
    index = open_index(builds_folder(settings.data_dir) / (build_id or read_current(settings.data_dir)))
    info = index.info
    models, threads = settings.data_dir / "models", settings.threads
    folder = model_folder(models, info.model_weights_sha256)
    reranker = None
    if info.reranker is not None:
        reranker_folder = model_folder(models, info.reranker.weights_sha256)
        reranker = OnnxReranker(reranker_folder, expected_files=info.reranker.model_files, threads=threads)
    return Assistant(
        index,
        OnnxEmbedder(folder, expected_files=info.model_files, threads=threads),
        evidence_threshold=settings.evidence_threshold,
        quote_words=settings.quote_words,
        reranker=reranker,
        reranked=settings.reranked,
        writer=writer,
        today=today,
    )


def open_writer(settings: AssistantSettings) -> Writer | None:
    """The language model that is set, or None where none is.

    Raises:
        SettingsError: it can't be used; the message names the setting to change.
    """
    if not settings.chat_model:
        return None
    # Imported here: its libraries take a second, and nobody without a model needs them.
    from assistant.adapters.chat_model import open_chat_model

    chat = Chat(
        open_chat_model(settings),
        seconds=settings.chat_seconds,
        at_once=settings.chat_at_once,
        calls_per_hour=settings.chat_calls_per_hour,
        breaker=CircuitBreaker(failures=settings.chat_failures, seconds=settings.chat_pause_seconds),
    )
    return Writer(chat, rewrites=settings.chat_rewrite, varies=settings.chat_variants)


def try_writer(writer: Writer) -> None:
    """Asks the model for one word, so that a wrong key or address shows at the start and not with the first question.

    Raises:
        ChatModelError: it doesn't answer as a chat model does.
    """
    pieces = writer.chat.stream(_TRIAL, seconds=_TRIAL_SECONDS)
    try:
        while isinstance(next(pieces), Restart):
            pass
    finally:
        pieces.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasing:
    """Whether the model that is set phrases answers at the moment, and what is wrong where it does not."""

    model: str
    phrases: bool
    detail: str | None


class ServingAssistant:
    """Keeps the serving build open in a long-running process, and follows when another is switched to.

    A request takes `current()` once and keeps it: one build answers one question.
    """

    def __init__(self, settings: AssistantSettings, *, today: Callable[[], date] = date.today) -> None:
        self._settings = settings
        self._today = today
        self._lock = threading.Lock()
        self._assistant: Assistant | None = None
        self._writer: Writer | None = None
        self._problem: str | None = None
        self._writer_tried = False

    @property
    def waiting(self) -> int:
        """How many answers may wait for a language model at the same time; they need no processor meanwhile."""
        return self._settings.chat_at_once if self._settings.chat_model else 0

    @property
    def phrasing(self) -> Phrasing | None:
        """How it stands with the language model; None where none is set."""
        if not self._settings.chat_model:
            return None
        name = self._settings.chat_model
        if self._writer is None:
            return Phrasing(model=name, phrases=False, detail=self._problem)
        breaker = self._writer.chat.breaker
        if breaker.is_open:
            detail = "It failed several times in a row and is left alone for a while."
            return Phrasing(model=name, phrases=False, detail=detail)
        return Phrasing(model=name, phrases=True, detail=self._problem if breaker.is_failing else None)

    def current(self) -> Assistant:
        """The assistant over the build that serves now.

        Raises:
            BuildError, ModelError: as open_assistant, where there is none to go on with.
        """
        serving = self._assistant
        if serving is not None and serving.index.info.id == read_current(self._settings.data_dir):
            return serving
        with self._lock:
            serving = self._assistant
            if serving is None or serving.index.info.id != read_current(self._settings.data_dir):
                self._open_writer()
                self._assistant = serving = open_assistant(self._settings, writer=self._writer, today=self._today)
            return serving

    def _open_writer(self) -> None:
        """Once in a process. Without a usable model answers are quotes: the service starts all the same, and says why."""
        if self._writer_tried:
            return
        self._writer_tried = True
        try:
            self._writer = open_writer(self._settings)
            if self._writer is not None:
                try_writer(self._writer)
        except SettingsError as error:
            self._problem = str(error)
        except ChatModelError as error:
            self._problem = str(error)
            if not error.retryable and self._writer is not None:
                self._writer.chat.close()
                self._writer = None
        if self._problem:
            logger.warning("answers are quotes, not phrased: %s", self._problem)
