"""Reference implementations that keep everything in memory: for unit tests, and for measuring without files."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from assistant.analysis import terms
from assistant.phrased import Message
from assistant.types import Scores, Vectors


class HashEmbedder:
    """Feature hashing (Weinberger et al. 2009) of stems: deterministic, no model. Texts that share words are near each other."""

    model_id = "feature-hashing"
    weights_sha256 = "none"

    def __init__(self, dimensions: int = 512) -> None:
        self.dimensions = dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder. A text without terms gets a vector of its own."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or [f"\0{text}"]:
                digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
                column = int.from_bytes(digest[:4], "big") % self.dimensions
                vectors[row, column] += 1.0 if digest[4] & 1 else -1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        # Two terms may cancel out; such a text still needs a direction.
        vectors[norms[:, 0] == 0, 0] = 1.0
        return np.asarray(vectors / np.where(norms == 0, 1.0, norms), dtype=np.float32)


class OverlapReranker:
    """The share of the question's stems that a text holds."""

    def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """See assistant.ports.Reranker."""
        asked = set(terms(question))
        return np.array([len(asked & set(terms(text))) / max(1, len(asked)) for text in texts], dtype=np.float32)


class ScriptedChatModel:
    """Writes what a function of the messages gives; an error among the pieces is raised in its place."""

    name = "scripted"

    def __init__(self, script: Callable[[Sequence[Message]], Iterable[str | Exception]]) -> None:
        self._script = script

    def stream(self, messages: Sequence[Message], *, seconds: float) -> Iterator[str]:
        """See assistant.ports.ChatModel."""
        for piece in self._script(messages):
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self) -> None:
        """See assistant.ports.ChatModel."""


class MemoryPassageIndex:
    """Exact search by a matrix product."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._sources: list[str] = []
        self._vectors: list[Vectors] = []

    def add(self, ids: Sequence[str], vectors: Vectors, texts: Sequence[str], source_ids: Sequence[str]) -> None:
        """See assistant.ports.PassageIndex."""
        if len(set(ids)) != len(ids) or set(ids) & set(self._ids):
            raise ValueError("A passage id may be stored once.")
        self._ids.extend(ids)
        self._sources.extend(source_ids)
        self._vectors.extend(np.asarray(vectors, dtype=np.float32))

    def count(self) -> int:
        """See assistant.ports.PassageIndex."""
        return len(self._ids)

    def ids(self) -> set[str]:
        """See assistant.ports.PassageIndex."""
        return set(self._ids)

    def query(self, vector: Vectors, limit: int, source_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """See assistant.ports.PassageIndex."""
        if not self._ids:
            return []
        scores = np.stack(self._vectors) @ vector
        allowed = None if source_ids is None else set(source_ids)
        ranked = [
            (id_, float(score))
            for id_, source_id, score in zip(self._ids, self._sources, scores, strict=True)
            if allowed is None or source_id in allowed
        ]
        return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def query_each(
        self, vectors: Vectors, limit: int, source_ids: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """See assistant.ports.PassageIndex."""
        return [self.query(vector, limit, source_ids) for vector in vectors]
