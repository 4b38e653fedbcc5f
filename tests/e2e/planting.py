"""Plants text in a passage of a real index, as a poisoned document would: among its sentences, found and scored like them."""

from dataclasses import replace

import numpy as np

from assistant.index import Index
from assistant.ports import Embedder
from assistant.types import Sentence
from ingest.sentences import sentence_spans

POSITIONS = ("start", "middle", "end")


def planted(index: Index, passage_id: str, text: str, position: str, embedder: Embedder) -> Index:
    """The index with `text` in a passage, which keeps its id and is found as before."""
    row = index.rows[passage_id]
    passage = index.passages[row]
    places = {"start": 0, "middle": len(passage.sentences) // 2, "end": len(passage.sentences)}
    place = places[position]
    at = passage.sentences[place].start if place < len(passage.sentences) else len(passage.text)
    before = "" if not at or passage.text[at - 1].isspace() else " "
    inserted = f"{before}{text} "
    spans = [(at + len(before) + start, at + len(before) + end) for start, end in sentence_spans(text)]

    def moved(sentence: Sentence) -> Sentence:
        shift = len(inserted) if sentence.start >= at else 0
        lead = (
            sentence.lead_in + len(spans)
            if sentence.lead_in is not None and sentence.lead_in >= place
            else sentence.lead_in
        )
        return Sentence(start=sentence.start + shift, end=sentence.end + shift, lead_in=lead)

    old = [moved(each) for each in passage.sentences]
    new = [Sentence(start=start, end=end) for start, end in spans]
    changed = replace(
        passage,
        text=passage.text[:at] + inserted + passage.text[at:],
        sentences=(*old[:place], *new, *old[place:]),
    )
    vectors = embedder.embed_passages([changed.text[each.start : each.end] for each in new])
    first = int(index.sentence_starts[row]) + place
    starts = index.sentence_starts.copy()
    starts[row + 1 :] += len(new)
    return replace(
        index,
        passages=[*index.passages[:row], changed, *index.passages[row + 1 :]],
        sentence_vectors=np.insert(np.asarray(index.sentence_vectors), first, vectors, axis=0),
        sentence_starts=starts,
    )
