"""The seams: interfaces with more than one real implementation. Contract tests run over every implementation."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.phrased import Message
from assistant.types import Scores, Vectors


class Embedder(Protocol):
    """Turns text into unit-length vectors, so that a dot product is a cosine."""

    @property
    def model_id(self) -> str:
        """Name of the model, as written to `build.json`."""
        ...

    @property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights that the vectors come from, and of what else shapes them: two embedders that share it may be mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors to search with: float32 (len(texts), dimensions), each row of length 1, in the order given."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors to be found, in the same form. A model may read questions and passages with different prompts."""
        ...


class Reranker(Protocol):
    """Reads a question and a text together, and says how well the text answers it."""

    def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """A score for each text, float32 (len(texts),), from 0 to 1, greater is better. A score depends on its own text only."""
        ...


class ChatModel(Protocol):
    """Writes text. What it writes is a draft: nothing of it is shown before it has been checked."""

    @property
    def name(self) -> str:
        """Provider and name of the model, as records of answers name it."""
        ...

    def stream(self, messages: Sequence[Message], *, seconds: float) -> Iterator[str]:
        """Pieces of text as they are written, at least one, within `seconds` in all. Closing the iterator ends the call.

        Raises:
            ChatModelError: refused, too slow, broken off or empty; pieces may have come before.
        """
        ...

    def close(self) -> None:
        """Frees what is kept for the next call, such as connections."""
        ...


class PassageIndex(Protocol):
    """Nearest-neighbour search over passage vectors by cosine."""

    def add(self, ids: Sequence[str], vectors: Vectors, texts: Sequence[str], source_ids: Sequence[str]) -> None:
        """Stores passages. `vectors` is (len(ids), dimensions), unit length. An id may be stored once."""
        ...

    def count(self) -> int:
        """How many passages are stored."""
        ...

    def ids(self) -> set[str]:
        """The ids of all stored passages."""
        ...

    def query(self, vector: Vectors, limit: int, source_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `limit` nearest passages to `vector` (dimensions,) as (id, cosine), best first.

        `source_ids` limits the search to passages of those sources; None searches all.
        """
        ...

    def query_each(
        self, vectors: Vectors, limit: int, source_ids: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """`query` for each row of `vectors` (queries, dimensions), at once: a second search costs little beside the first."""
        ...
