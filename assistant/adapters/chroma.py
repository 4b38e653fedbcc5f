"""Passage search through Chroma.

One process writes a folder once, before anybody reads it: two processes that share a folder and write lose vectors from search without
an error (docs/adr/0003-one-folder-per-build.md).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.config import Settings

from assistant.errors import BuildError
from assistant.types import Vectors

COLLECTION = "passages"
# Chroma's documentation recommends 50 to 250; its own maximum depends on how SQLite was built.
BATCH = 200
# Cosine must be set at creation and can't be changed. The wide search list keeps recall near 1 for 100 neighbours.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}


class ChromaIndex:
    """A PassageIndex over one Chroma collection, in a folder or behind a client of a Chroma server."""

    def __init__(self, client: ClientAPI, *, create: bool = False, collection: str = COLLECTION) -> None:
        self._client = client
        try:
            if create:
                self._collection = client.create_collection(
                    collection, configuration=_CONFIGURATION, embedding_function=None
                )
            else:
                self._collection = client.get_collection(collection, embedding_function=None)
        except Exception as error:  # Chroma raises many kinds, some from Rust.
            raise BuildError(
                f"The vector store can't be opened ({error}). Build again: python -m ingest build"
            ) from error

    def add(self, ids: Sequence[str], vectors: Vectors, texts: Sequence[str], source_ids: Sequence[str]) -> None:
        """Stores passages in batches; see assistant.ports.PassageIndex."""
        if len(set(ids)) != len(ids) or set(ids) & self.ids():
            raise ValueError("A passage id may be stored once.")
        for start in range(0, len(ids), BATCH):
            part = slice(start, start + BATCH)
            self._collection.add(
                ids=list(ids[part]),
                embeddings=np.asarray(vectors[part], dtype=np.float32),
                documents=list(texts[part]),
                metadatas=[{"source_id": source_id} for source_id in source_ids[part]],
            )

    def count(self) -> int:
        """How many passages are stored. Not a health check: it stays right when vectors have been lost."""
        return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all stored passages."""
        return set(self._collection.get(include=[])["ids"])

    def query(self, vector: Vectors, limit: int, source_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The nearest passages; see assistant.ports.PassageIndex."""
        return self.query_each(np.asarray([vector]), limit, source_ids)[0]

    def query_each(
        self, vectors: Vectors, limit: int, source_ids: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """See assistant.ports.PassageIndex."""
        if not len(vectors) or (source_ids is not None and not source_ids):
            return [[] for _ in vectors]
        where: Any = None if source_ids is None else {"source_id": {"$in": list(source_ids)}}
        found = self._collection.query(
            query_embeddings=np.asarray(vectors, dtype=np.float32),
            n_results=limit,
            where=where,
            include=["distances"],
        )
        return [
            # Equal scores come in no set order from the graph: the id makes it stable.
            sorted(
                zip(ids, (1.0 - float(each) for each in distances), strict=True), key=lambda pair: (-pair[1], pair[0])
            )
            for ids, distances in zip(found["ids"], found["distances"] or [[] for _ in found["ids"]], strict=True)
        ]

    def close(self) -> None:
        """Releases files and memory."""
        self._client.close()  # type: ignore[attr-defined]


def open_folder(folder: Path, *, create: bool = False) -> ChromaIndex:
    """Opens the Chroma folder of a build, or makes a new one to write to.

    Raises:
        BuildError: the folder is missing, damaged or not Chroma's.
    """
    if not create and not (folder / "chroma.sqlite3").is_file():
        raise BuildError(f"There is no vector store in {folder}. Build again: python -m ingest build")
    settings = Settings(anonymized_telemetry=False)
    try:
        client = chromadb.PersistentClient(path=str(folder), settings=settings)
    except Exception as error:  # Chroma raises many kinds, some from Rust.
        raise BuildError(
            f"The vector store in {folder} can't be opened ({error}). Build again: python -m ingest build"
        ) from error
    return ChromaIndex(client, create=create)
