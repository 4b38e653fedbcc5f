"""The only place that picks adapters."""

import threading
from collections.abc import Callable
from datetime import date

from assistant.adapters.build_folder import builds_folder, open_index, read_current
from assistant.adapters.cross_encoder import OnnxReranker
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import model_folder
from assistant.answer import Assistant
from assistant.settings import AssistantSettings


def open_assistant(
    settings: AssistantSettings, *, build_id: str | None = None, today: Callable[[], date] = date.today
) -> Assistant:
    """Opens the serving build, or another one to compare it with.

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
        today=today,
    )


class ServingAssistant:
    """Keeps the serving build open in a long-running process, and follows when another is switched to.

    A request takes `current()` once and keeps it: one build answers one question.
    """

    def __init__(self, settings: AssistantSettings, *, today: Callable[[], date] = date.today) -> None:
        self._settings = settings
        self._today = today
        self._lock = threading.Lock()
        self._assistant: Assistant | None = None

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
                self._assistant = serving = open_assistant(self._settings, today=self._today)
            return serving
