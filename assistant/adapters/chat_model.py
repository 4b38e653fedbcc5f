"""Any chat model that LangChain knows (langchain 1.4, `init_chat_model`), behind our port. Imported only where a model is set."""

import asyncio
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import httpx2

from assistant.errors import ChatModelError, SettingsError
from assistant.phrased import Message
from assistant.settings import AssistantSettings

# What providers call the reason for which a draft ended, and those reasons that mean: as it should.
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_WHOLE = {"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed", "STOP"}
_KEY_REFUSED = {401, 403}
_NOT_FOUND = 404
_BUSY = {408, 409, 425, 429}
_SERVER = 500


class LangChainChatModel:
    """A LangChain chat model. Its calls run on one event loop of their own, so that any of them can be given up at once."""

    def __init__(self, model: Any, *, name: str, first_seconds: float, between_seconds: float) -> None:
        self._model = model
        self._name = name
        self._first_seconds = first_seconds
        self._between_seconds = between_seconds

    @property
    def name(self) -> str:
        """See assistant.ports.ChatModel."""
        return self._name

    def stream(self, messages: Sequence[Message], *, seconds: float) -> Iterator[str]:
        """See assistant.ports.ChatModel. What keeps a connection alive without writing text does not count as writing."""
        pieces: queue.SimpleQueue[str | ChatModelError | None] = queue.SimpleQueue()
        deadline = time.monotonic() + seconds
        call = asyncio.run_coroutine_threadsafe(self._write(messages, pieces), _loop())
        wait = self._first_seconds
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, min(wait, deadline - time.monotonic())))
                except queue.Empty:
                    raise ChatModelError("The model took too long.", retryable=True) from None
                if isinstance(piece, ChatModelError):
                    raise piece
                if piece is None:
                    return
                yield piece
                wait = self._between_seconds
        finally:
            call.cancel()

    def close(self) -> None:
        """See assistant.ports.ChatModel. Does what the provider's package tells how to do."""
        client = getattr(self._model, "root_async_client", None)
        if client is not None:
            asyncio.run_coroutine_threadsafe(client.close(), _loop()).result(timeout=5)

    async def _write(
        self, messages: Sequence[Message], pieces: "queue.SimpleQueue[str | ChatModelError | None]"
    ) -> None:
        # LangSmith would send questions and passages elsewhere where its variables are set.
        from langsmith.run_helpers import tracing_context

        told = [(message.role, message.text) for message in messages]
        ended: str | None = None
        try:
            with tracing_context(enabled=False):
                async for chunk in self._model.astream(told):
                    if chunk.text:
                        pieces.put(chunk.text)
                    ended = next(
                        (str(chunk.response_metadata[key]) for key in _REASONS if chunk.response_metadata.get(key)),
                        ended,
                    )
        except Exception as error:  # noqa: BLE001  Providers raise errors of their own, and of their transports.
            pieces.put(explain(error))
            return
        if ended in _WHOLE:
            pieces.put(None)
        else:
            pieces.put(
                ChatModelError(f"The draft was broken off ({ended or 'without a reason'}).", retryable=ended is None)
            )


def open_chat_model(settings: AssistantSettings) -> LangChainChatModel:
    """The model that is set.

    Raises:
        SettingsError: it can't be made; the message names the setting to change.
    """
    name = settings.chat_model or ""
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise SettingsError(
            "GUIDANCE_CHAT_MODEL needs packages that are not installed. Install them: pip install '.[model]'"
        ) from error
    try:
        model = init_chat_model(name, **_options(settings))
    except ImportError as error:
        package = getattr(error, "name", None) or str(error).rpartition("pip install ")[2].strip(" `.")
        raise SettingsError(f"GUIDANCE_CHAT_MODEL: {name} needs a package that is not installed: {package}") from error
    except Exception as error:  # Each provider's package checks its options in its own way.
        raise SettingsError(_not_made(name, error)) from error
    return LangChainChatModel(
        model, name=name, first_seconds=settings.chat_first_seconds, between_seconds=settings.chat_between_seconds
    )


def _options(settings: AssistantSettings) -> Mapping[str, Any]:
    longest = max(settings.chat_first_seconds, settings.chat_between_seconds)
    options: dict[str, Any] = {
        # Retries are ours: a second answer must not begin once the first was shown.
        "max_retries": 0,
        "timeout": httpx2.Timeout(longest, connect=settings.chat_connect_seconds),
    }
    if settings.chat_base_url:
        options["base_url"] = settings.chat_base_url
    if settings.chat_api_key:
        options["api_key"] = settings.chat_api_key.get_secret_value()
    return options | settings.chat_options


def _not_made(name: str, error: Exception) -> str:
    text = str(error)
    if "Unable to infer model provider" in text or "Unsupported" in text:
        return f"GUIDANCE_CHAT_MODEL: no provider is known for {name}. Write provider:name, such as openai:gpt-5-mini or ollama:llama3.2."
    if any(word in text.casefold() for word in ("api_key", "api key", "credential")):
        return f"GUIDANCE_CHAT_API_KEY is not set, and {name} needs one."
    return f"GUIDANCE_CHAT_MODEL: {name} does not start with these options ({type(error).__name__}). Look at GUIDANCE_CHAT_OPTIONS."


def explain(error: Exception) -> ChatModelError:
    """What went wrong, and which setting to look at. Texts of providers are left out: they may repeat what was sent."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if status in _KEY_REFUSED:
        return ChatModelError(
            f"The model's API refuses the key (HTTP {status}). Check GUIDANCE_CHAT_API_KEY.", retryable=False
        )
    if status == _NOT_FOUND:
        return ChatModelError(
            "The model's API does not know the model (HTTP 404). Check GUIDANCE_CHAT_MODEL and GUIDANCE_CHAT_BASE_URL.",
            retryable=False,
        )
    if isinstance(status, int) and (status in _BUSY or status >= _SERVER):
        return ChatModelError(f"The model's API is not able to answer (HTTP {status}).", retryable=True)
    if isinstance(status, int):
        return ChatModelError(
            f"The model's API refuses the request (HTTP {status}). Check GUIDANCE_CHAT_MODEL and GUIDANCE_CHAT_OPTIONS.",
            retryable=False,
        )
    if isinstance(error, ValueError | TypeError | AttributeError | KeyError):
        # JSON errors are ValueErrors; LangChain says of an empty stream that no chunks were returned.
        return ChatModelError(
            f"What came back is not of a chat model ({type(error).__name__}). Check GUIDANCE_CHAT_BASE_URL.",
            retryable=False,
        )
    return ChatModelError(
        f"The model's API can't be reached, or broke off ({type(error).__name__}). Check GUIDANCE_CHAT_BASE_URL.",
        retryable=True,
    )


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop
