"""The pipelines that an officer could pick instead: LangChain's usual one over the same weights and text, and BM25."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.embed import locate

CHUNK, OVERLAP = 1000, 200
_BATCH = 200
DEPTH = 100


class VanillaLangChain:
    """RecursiveCharacterTextSplitter, HuggingFaceEmbeddings and Chroma as their documentation puts them together."""

    def __init__(self, folder: Path) -> None:
        self.embeddings = HuggingFaceEmbeddings(
            model_name=str(locate(None)), model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
        )
        self.store = Chroma(
            collection_name="vanilla",
            embedding_function=self.embeddings,
            persist_directory=str(folder),
            collection_metadata={"hnsw:space": "cosine"},
        )

    def add(self, rows: Iterable[dict[str, Any]]) -> int:
        """Splits and stores documents (rows of `_id`, `title`, `text`). Returns how many chunks there are."""
        documents = [
            Document(page_content=f"{row.get('title') or ''}\n{row['text']}".strip(), metadata={"id": str(row["_id"])})
            for row in rows
        ]
        chunks = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP).split_documents(documents)
        for start in range(0, len(chunks), _BATCH):
            self.store.add_documents(chunks[start : start + _BATCH])
        return len(chunks)

    def rank(self, question: str, limit: int = DEPTH) -> list[str]:
        """Ids of the nearest documents, each once."""
        found = self.store.similarity_search(question, k=limit)
        return list(dict.fromkeys(document.metadata["id"] for document in found))


def vanilla(data: Path, rows: Sequence[dict[str, Any]]) -> VanillaLangChain:
    """The vanilla pipeline over these documents, kept so that a second run embeds nothing."""
    key = hashlib.sha256("\0".join(f"{row['_id']}\0{row['text']}" for row in rows).encode()).hexdigest()[:12]
    pipeline = VanillaLangChain(data / "bench" / f"vanilla-{key}")
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
