"""Which sources a reader of the list wants to see, and what is held in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby

from assistant.index import Index
from assistant.types import LegalRegime, Passage, Source, SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the list is limited to. An empty text limits nothing; `title` holds words that the title must have."""

    title: str = ""
    publisher: str = ""
    nation: str = ""
    status: str = ""
    kind: str = ""

    def limits(self) -> bool:
        """Whether it leaves anything out."""
        return any(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusFacts:
    """What is held and how fresh it is. `newest` is None where no source has a date."""

    sources: int
    superseded: int
    built: date
    newest: Source | None


def matching(sources: Iterable[Source], wanted: Wanted) -> list[Source]:
    """The sources that are wanted, in the order given."""
    words = wanted.title.casefold().split()
    return [
        source
        for source in sources
        if all(word in source.title.casefold() for word in words)
        and wanted.publisher in ("", source.publisher)
        and wanted.nation in ("", *source.nations)
        and wanted.status in ("", source.status)
        and wanted.kind in ("", source.content)
    ]


def by_publisher(sources: Iterable[Source]) -> list[tuple[str, list[Source]]]:
    """Sources under their publishers, by name; those of one publisher with the newest first, then by title."""
    titled = sorted(sources, key=lambda source: source.title.casefold())
    dated = sorted(titled, key=lambda source: source.published or "", reverse=True)
    named = sorted(dated, key=_publisher)
    return [(publisher, list(group)) for publisher, group in groupby(named, key=lambda source: source.publisher)]


def _publisher(source: Source) -> tuple[str, str]:
    return source.publisher.casefold(), source.publisher


def counts(sources: Sequence[Source]) -> Mapping[str, Counter[str]]:
    """How many sources there are by each value of each filter."""
    return {
        "publisher": Counter(source.publisher for source in sorted(sources, key=_publisher)),
        "nation": Counter(nation for source in sources for nation in source.nations),
        "status": Counter(source.status for source in sources),
        "kind": Counter(source.content for source in sources),
    }


def facts(index: Index) -> CorpusFacts:
    """The serving build in a line."""
    sources = index.sources.values()
    return CorpusFacts(
        sources=len(sources),
        superseded=sum(source.status is SourceStatus.SUPERSEDED for source in sources),
        built=datetime.fromisoformat(index.info.created).date(),
        newest=max((source for source in sources if source.published), key=_published, default=None),
    )


def _published(source: Source) -> str:
    return source.published or ""


def rests_on_old_law(source: Source) -> bool:
    """Whether a source that still stands was written under the law before the Procurement Act 2023."""
    return source.status is SourceStatus.CURRENT and source.legal_regime is LegalRegime.PCR_2015


def sections(passages: Iterable[Passage]) -> list[tuple[str, list[Passage]]]:
    """The sections of a source in reading order: the heading path as text, and the passages under it."""
    by_heading = groupby(passages, key=lambda passage: passage.heading_path)
    return [(" › ".join(heading_path), list(group)) for heading_path, group in by_heading]
