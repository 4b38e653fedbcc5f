"""Corpora of any size, to see how the product grows, made from a build so that nothing has to be embedded for hours.

A passage is three sentences of held passages, two of them neighbours, and one sentence with an invented name; its heading is that of a held
passage. A sentence's vector is the held sentence's with noise, a passage's the mean of its sentences' with noise, both of unit
length. Names are drawn from a pool that grows with the square root of the number of passages, as the vocabulary of real text does (Heaps'
law), and there is a source to every ten passages. The generator is seeded: the same build and size give the same corpus.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.adapters.build_folder import builds_folder, read_info
from assistant.analysis import embedding_text
from assistant.index import Index
from assistant.types import Passage, Sentence, Source, Vectors
from ingest.content import Content
from ingest.versions import switch
from ingest.write import write_build

_SEED = 20261122
_PASSAGES_OF_A_SOURCE = 10
_NAMES_BY_ROOT = 40
_NOISE = 0.3
_SYLLABLES = "bar bex cal dor fen gal har kel lin mar nor pel rad sel tor ven wil yar".split()
_ENDINGS = "borough bury combe don field ford ham ley mere stead thorpe wick".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticCorpus:
    """Sources with their passages, and the vectors of passages and sentences in the same order."""

    content: Content
    passage_vectors: Vectors
    sentence_vectors: Vectors

    @property
    def texts(self) -> list[str]:
        """What is searched for each passage."""
        return [embedding_text(passage, source) for source, passage in self.content.passages]


def grow(index: Index, passages: int) -> SyntheticCorpus:
    """A corpus of so many passages, from the sentences of a build."""
    random = np.random.default_rng(_SEED)
    held = [(row, place) for row, passage in enumerate(index.passages) for place in range(len(passage.sentences))]
    first = random.integers(len(held) - 1, size=passages)
    drawn = np.stack([first, first + 1, random.integers(len(held), size=passages)], axis=1)
    names = random.integers(max(1, int(_NAMES_BY_ROOT * passages**0.5)), size=passages).tolist()
    documents: list[tuple[Source, list[Passage]]] = []
    shipped = list(index.sources.values())
    for row, (places, name) in enumerate(zip(drawn.tolist(), names, strict=True)):
        if row % _PASSAGES_OF_A_SOURCE == 0:
            number = len(documents)
            documents.append((replace(shipped[number % len(shipped)], id=f"synthetic-{number}"), []))
        source, found = documents[-1]
        quoted = [_sentence(index, *held[place]) for place in places]
        heading_path = index.passages[held[places[0]][0]].heading_path
        found.append(_passage(source, [f"{_name(name)} Council, case {row}.", *quoted], heading_path, len(found)))
    real = np.asarray(index.sentence_vectors, dtype=np.float32)
    mean = real[drawn].mean(axis=1)
    # The sentence with the name stands first in its passage: its vector is the passage's own.
    own = _unit(mean + _noise(random, mean.shape))
    sentences = np.concatenate([own[:, None, :], real[drawn]], axis=1).reshape(-1, real.shape[1])
    return SyntheticCorpus(
        content=Content(documents=documents, terms=index.terms, conflicts=index.conflicts),
        passage_vectors=_unit(mean + _noise(random, mean.shape)),
        sentence_vectors=_unit(sentences + _noise(random, sentences.shape) * np.float32(_NOISE)),
    )


def write(corpus: SyntheticCorpus, data: Path, serving: Path, english: Sequence[str]) -> str:
    """Writes the corpus as the serving build of a new data folder, by the product's own code. Returns its id.

    `serving` is the data folder of the build that it was grown from; its model is used.
    """
    held = corpus.content
    info = replace(
        read_info(serving),
        id=f"synthetic-{len(held.passages)}",
        sources=len(held.documents),
        passages=len(held.passages),
        sentences=len(corpus.sentence_vectors),
    )
    folder = builds_folder(data) / info.id
    folder.mkdir(parents=True)
    write_build(
        folder,
        info,
        held,
        texts=corpus.texts,
        english=english,
        passage_vectors=corpus.passage_vectors,
        sentence_vectors=corpus.sentence_vectors,
    )
    (data / "models").symlink_to((serving.parents[1] / "models").resolve(), target_is_directory=True)
    switch(data, info.id)
    return info.id


def _sentence(index: Index, row: int, place: int) -> str:
    passage = index.passages[row]
    return passage.text[passage.sentences[place].start : passage.sentences[place].end]


def _passage(source: Source, sentences: Sequence[str], heading_path: tuple[str, ...], position: int) -> Passage:
    ranges: list[Sentence] = []
    text = ""
    for sentence in sentences:
        start = len(text) + bool(text)
        text = f"{text} {sentence}".strip()
        ranges.append(Sentence(start=start, end=len(text)))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Passage(
        id=f"{source.id}:{digest}",
        source_id=source.id,
        text=text,
        heading_path=heading_path,
        page=None,
        position=position,
        sentences=tuple(ranges),
    )


def _name(number: int) -> str:
    """A place name that no other number has."""
    rest, ending = divmod(number, len(_ENDINGS))
    syllables: list[str] = []
    while not syllables or rest:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        syllables.append(_SYLLABLES[syllable])
    return ("".join(syllables) + _ENDINGS[ending]).capitalize()


def _noise(random: np.random.Generator, shape: tuple[int, ...]) -> Vectors:
    """Noise of about length 1 a row."""
    return random.standard_normal(shape, dtype=np.float32) / np.float32(shape[-1] ** 0.5)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
