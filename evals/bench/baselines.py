"""The pipelines that an officer could pick instead: LangChain's usual one over the same weights and text, and BM25."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer

from evals.bench.vanilla import DEPTH, VanillaLangChain
from ingest.embed import locate


def vanilla(data: Path, rows: Sequence[dict[str, Any]]) -> VanillaLangChain:
    """The vanilla pipeline over these documents, kept so that a second run embeds nothing."""
    key = hashlib.sha256("\0".join(f"{row['_id']}\0{row['text']}" for row in rows).encode()).hexdigest()[:12]
    pipeline = VanillaLangChain(data / "bench" / f"vanilla-{key}", locate(None))
    if not pipeline.store.get(limit=1)["ids"]:
        pipeline.add(rows)
    return pipeline


class Bm25:
    """bm25s with its own tokeniser, English stop words and stems."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._ids = [str(row["_id"]) for row in rows]
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(
            self._tokens([f"{row.get('title') or ''} {row['text']}" for row in rows]), show_progress=False
        )

    def _tokens(self, texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)

    def rank(self, question: str, limit: int = DEPTH) -> list[str]:
        """Ids of the best documents that hold a word of the question."""
        tokens = self._tokens([question])
        if not any(tokens.ids):
            return []
        rows, scores = self._index.retrieve(tokens, k=min(limit, len(self._ids)), show_progress=False)
        return [self._ids[row] for row, score in zip(rows[0], scores[0], strict=True) if score > 0]
