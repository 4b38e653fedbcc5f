"""LangChain's usual pipeline: what an officer's council could put together instead. Imports LangChain only, so that its cost is its own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

COLLECTION = "vanilla"
METRIC = {"hnsw:space": "cosine"}
CHUNK, OVERLAP = 1000, 200
# What similarity_search and as_retriever give where nothing is said.
USUAL = 4
# Deep enough for nDCG and recall at any usual cut.
DEPTH = 100
_BATCH = 200


class VanillaLangChain:
    """RecursiveCharacterTextSplitter, HuggingFaceEmbeddings and Chroma as their documentation puts them together."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.embeddings = HuggingFaceEmbeddings(
            model_name=str(model), model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
        )
        self.store = Chroma(
            collection_name=COLLECTION,
            embedding_function=self.embeddings,
            persist_directory=str(folder),
            collection_metadata=METRIC,
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

    def search(self, question: str, limit: int = USUAL) -> list[Document]:
        """The nearest chunks: what this pipeline would put before a language model."""
        return self.store.similarity_search(question, k=limit)

    def rank(self, question: str, limit: int = DEPTH) -> list[str]:
        """Ids of the nearest documents, each once."""
        return list(dict.fromkeys(document.metadata["id"] for document in self.search(question, limit)))
