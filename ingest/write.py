"""Writes the files of a build, `build.json` last: a folder without it is no build."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.adapters import build_folder, chroma
from assistant.adapters.lexical import build_lexical
from assistant.types import BuildInfo, Passage, Source, Vectors


def write_build(
    folder: Path,
    info: BuildInfo,
    sources: Sequence[Source],
    passages: Sequence[Passage],
    *,
    texts: Sequence[str],
    passage_vectors: Vectors,
    sentence_vectors: Vectors,
) -> None:
    """Writes a build into an empty folder. `texts` are what is searched for each passage: title, headings and text."""
    (folder / "sources.json").write_bytes(build_folder.SOURCES.dump_json(tuple(sources), indent=1))
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
