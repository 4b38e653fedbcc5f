"""The seams: interfaces with more than one real implementation. Contract tests run over every implementation."""

from collections.abc import Sequence
from typing import Protocol

from assistant.types import Vectors


class Embedder(Protocol):
    """Turns text into unit-length vectors, so that a dot product is a cosine."""

    @property
    def model_id(self) -> str:
        """Name of the model, as written to `build.json`."""
        ...

    @property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights that the vectors come from: two embedders that share it may be mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Returns float32 of shape (len(texts), dimensions), each row of length 1, in the order given."""
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
