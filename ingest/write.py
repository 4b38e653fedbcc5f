"""Writes the files of a build, `build.json` last: a folder without it is no build."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from assistant.adapters import build_folder, chroma
from assistant.adapters.lexical import build_lexical
from assistant.analysis import tokens
from assistant.build_info import BuildInfo
from assistant.types import Vectors
from ingest.content import Content


def write_build(
    folder: Path,
    info: BuildInfo,
    content: Content,
    *,
    texts: Sequence[str],
    english: Iterable[str],
    passage_vectors: Vectors,
    sentence_vectors: Vectors,
) -> None:
    """Writes a build into an empty folder. `texts` are what is searched for each passage: title, headings and text."""
    (folder / "sources.json").write_bytes(build_folder.SOURCES.dump_json(content.sources, indent=1))
    (folder / "terms.json").write_bytes(build_folder.TERMS.dump_json(content.terms, indent=1))
    (folder / "conflicts.json").write_bytes(build_folder.CONFLICTS.dump_json(content.conflicts, indent=1))
    _write_words(folder / "words.json", texts, english)
    passages = [passage for _, passage in content.passages]
    with (folder / "passages.jsonl").open("wb") as file:
        file.writelines(build_folder.PASSAGE.dump_json(passage) + b"\n" for passage in passages)
    np.save(folder / build_folder.PASSAGE_VECTORS, passage_vectors.astype(np.float16))
    np.save(folder / build_folder.SENTENCE_VECTORS, sentence_vectors.astype(np.float16))
    build_lexical(texts, folder / build_folder.BM25)
    index = chroma.open_folder(folder / build_folder.CHROMA, create=True)
    try:
        index.add(
            [passage.id for passage in passages],
            passage_vectors,
            [passage.text for passage in passages],
            [passage.source_id for passage in passages],
        )
    finally:
        index.close()
    (folder / "build.json").write_bytes(build_folder.INFO.dump_json(info, indent=2) + b"\n")


def _write_words(path: Path, texts: Sequence[str], english: Iterable[str]) -> None:
    """What typing errors are told from: words that are right."""
    counts = Counter(word for text in texts for word in set(tokens(text)) if word.isalpha())
    path.write_text(json.dumps({"corpus": dict(sorted(counts.items())), "english": sorted(english)}), encoding="utf-8")
