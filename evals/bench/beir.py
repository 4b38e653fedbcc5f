"""Question sets in BEIR's folder format (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/test.tsv."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.types import ContentKind, LegalRegime, Nation, Passage, Source, SourceStatus, Turn
from ingest.chunk import passages
from ingest.content import Content
from ingest.document import Document
from ingest.load.markdown import load_markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class BeirSet:
    """`corpus` holds rows of `_id`, `title`, `text`; `queries` rows of `_id`, `text`, `metadata`; `judgements` the
    relevance of a document to a query.
    """

    corpus: list[dict[str, Any]]
    queries: list[dict[str, Any]]
    judgements: dict[str, dict[str, int]]


def read_beir(folder: Path) -> BeirSet:
    """Reads a set. Raises FileNotFoundError naming the file that is missing."""
    judgements: dict[str, dict[str, int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            judgements.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return BeirSet(
        corpus=read_lines(folder / "corpus.jsonl"), queries=read_lines(folder / "queries.jsonl"), judgements=judgements
    )


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def cut_documents(rows: list[dict[str, Any]]) -> Content:
    """Each row as a source of its own, cut by the product's chunker. Rows without words are left out."""
    cut: list[tuple[Source, list[Passage]]] = []
    for row in rows:
        source = bench_source(str(row["_id"]), row.get("title") or "")
        found = passages(as_document(row["text"]), source)
        if found:
            cut.append((source, found))
    return Content(documents=cut)


def as_document(text: str) -> Document:
    """A benchmark's text as the loaders would give it."""
    return load_markdown("passage", text.encode())


def bench_source(source_id: str, title: str) -> Source:
    """A manifest row for a benchmark's document."""
    return Source(
        id=source_id,
        ref=None,
        publisher="benchmark",
        title=title,
        url=None,
        alternates=(),
        published=None,
        published_note=None,
        status=SourceStatus.CURRENT,
        superseded_by=(),
        superseded_note=None,
        legal_regime=LegalRegime.INDEPENDENT,
        nations=tuple(Nation),
        valid_from=None,
        valid_to=None,
        review_by=None,
        licence="see the set",
        format="text",
        content=ContentKind.ORIGINAL,
    )


def turns_of(history: Sequence[dict[str, Any]]) -> list[Turn]:
    """A benchmark's history as turns: each user text with the answer that follows it."""
    turns: list[Turn] = []
    for entry in history:
        if entry["speaker"] == "user":
            turns.append(Turn(question=entry["text"]))
        elif turns:
            turns[-1] = replace(turns[-1], answer=entry["text"])
    return turns
