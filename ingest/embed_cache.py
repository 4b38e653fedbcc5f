"""Keeps vectors by content hash, so that unchanged text is embedded once ever. Holds no text: a withdrawn source leaves none here."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from assistant.types import Vectors

_PART = 500


class EmbeddingCache:
    """Vectors by SHA-256 of (weights, text), in one SQLite file. Use as a context manager."""

    def __init__(self, path: Path, *, weights_sha256: str, dimensions: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._weights, self._dimensions = weights_sha256, dimensions
        self._database = sqlite3.connect(path)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def key(self, text: str) -> bytes:
        """The key of a text under this model."""
        return hashlib.sha256(f"{self._weights}\0{text}".encode()).digest()

    def missing(self, texts: Sequence[str]) -> list[str]:
        """The texts that have no vector yet, without repeats, in order."""
        held = self._read([self.key(text) for text in texts])
        return [text for text in dict.fromkeys(texts) if self.key(text) not in held]

    def embed(self, texts: Sequence[str], compute: Callable[[Sequence[str]], Vectors]) -> None:
        """Computes and keeps the vectors of `texts`. Each call is one transaction, so an interrupted build goes on where it stopped."""
        vectors = np.asarray(compute(texts), dtype=np.float32)
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                ((self.key(text), vector.tobytes()) for text, vector in zip(texts, vectors, strict=True)),
            )

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors of `texts`, (len(texts), dimensions). Every text must have one."""
        keys = [self.key(text) for text in texts]
        held = self._read(keys)
        vectors = np.empty((len(texts), self._dimensions), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = np.frombuffer(held[key], dtype=np.float32)
        return vectors

    def prune(self, texts: Sequence[str]) -> None:
        """Forgets every vector but those of `texts`."""
        with self._database:
            self._database.execute("CREATE TEMP TABLE wanted (key BLOB PRIMARY KEY) WITHOUT ROWID")
            self._database.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((self.key(text),) for text in texts))
            self._database.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM wanted)")
            self._database.execute("DROP TABLE wanted")

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        held: dict[bytes, bytes] = {}
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), _PART):
            part = unique[start : start + _PART]
            marks = ",".join("?" * len(part))
            # Only question marks are put into the statement.
            held.update(self._database.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part))  # noqa: S608
        return held
