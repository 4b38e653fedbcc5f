"""How latency, start and memory grow with the number of passages; see evals.bench.speed_synthetic for where those come from."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings

from assistant.adapters.build_folder import builds_folder, close_index, open_index, read_current
from evals.bench.speed_processes import Side, ours, vanilla, worker
from evals.bench.speed_statistics import latency, ratios, rounded
from evals.bench.speed_synthetic import SyntheticCorpus, grow, write

_BATCH = 5000
_WARM_UP = 5


def measure_growth(
    data: Path,
    work: Path,
    model: Path,
    sizes: Sequence[int],
    questions: Sequence[str],
    tell: Callable[[str], None],
    *,
    rounds: int,
) -> dict[str, Any]:
    """Both sides at each size, `data` holding the build to grow from and `work` being a folder for what is made.

    The vanilla side's chunks are the same passages with the same vectors, in its own store with its own settings.
    `growth` is how many times as long the median is at the last size as at the first.
    """
    folder = builds_folder(data) / read_current(data)
    index = open_index(folder)
    result: dict[str, Any] = {}
    for size in sizes:
        tell(f"growth: writing {size:,} passages")
        corpus, here = grow(index, size), work / f"growth-{size}"
        write(corpus, here / "ours", folder, sorted(index.english))
        write_vanilla(corpus, here / "vanilla")
        tell(f"growth: asking at {size:,} passages")
        sides = (ours(here / "ours", Path("corpus")), vanilla(here / "vanilla", model, here / "none"))
        found = {side.name: _ask(side, questions, rounds) for side in sides}
        result[str(size)] = {**found, "ratio": ratios(found["ours"], found["vanilla"])}
    close_index(index)
    first, last = result[str(sizes[0])], result[str(sizes[-1])]
    result["growth"] = ratios(
        {name: last[name] for name in ("ours", "vanilla")}, {name: first[name] for name in ("ours", "vanilla")}
    )
    return result


def write_vanilla(corpus: SyntheticCorpus, folder: Path) -> None:
    """Stores the passages as the vanilla pipeline stores its chunks, vectors and all."""
    from evals.bench.vanilla import COLLECTION, METRIC

    passages = [passage for _, passage in corpus.content.passages]
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection(COLLECTION, metadata=dict(METRIC), embedding_function=None)
    for start in range(0, len(passages), _BATCH):
        part = passages[start : start + _BATCH]
        collection.add(
            ids=[passage.id for passage in part],
            embeddings=corpus.passage_vectors[start : start + _BATCH],
            documents=[passage.text for passage in part],
            metadatas=[{"id": passage.source_id} for passage in part],
        )
    client.close()  # type: ignore[attr-defined]


def _ask(side: Side, questions: Sequence[str], rounds: int) -> dict[str, float | None]:
    began = time.perf_counter()
    with worker(side) as process:
        start = time.perf_counter() - began
        process.ask(questions[:_WARM_UP])
        spent = [each for _ in range(rounds) for each in process.ask(questions)]
        memory, _ = process.memory()
    return {**latency(spent), "start": rounded(start), "memory": rounded(memory)}
