"""What “ingest status” shows: the builds, the sources of the serving one, and which of them somebody should look at."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from assistant.adapters.build_folder import builds_folder, read_passages, read_sources
from assistant.build_info import BuildInfo
from assistant.errors import BuildError, LoadError
from assistant.types import ContentKind, Source, SourceStatus
from ingest import versions
from ingest.added import added_sources, withdrawn
from ingest.load import load
from ingest.manifest import digest_path, read_manifest

_NOT_BUILT = "not built yet: python -m ingest build"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What an author should look at. Each mapping is from a source's id to what is the matter with it.

    `unreplaced` are superseded by sources none of which is in the build; `missing` should be in the build and are not.
    """

    review_due: Mapping[str, str]
    no_longer_valid: Mapping[str, str]
    unreplaced: Mapping[str, str]
    withdrawn: Mapping[str, str]
    missing: Mapping[str, str]
    digests: int
    sources: int


def report(data: Path, corpus: Path, today: date) -> RenderableType:
    """The builds, the sources of the serving one, and how fresh they are.

    Raises:
        BuildError: there is no build yet, or it is damaged.
        ManifestError: the manifest, or a record of an added document, is not valid.
    """
    serving = versions.current(data)
    if serving is None:
        raise BuildError(f"There is no index in {data} yet. Make one: python -m ingest build")
    folder = builds_folder(data) / serving.id
    sources = read_sources(folder)
    counts = Counter(passage.source_id for passage in read_passages(folder))
    shipped = read_manifest(corpus)
    found = freshness(
        sources,
        wanted=[*shipped, *added_sources(data)],
        left_out=withdrawn(data),
        today=today,
        why_missing=lambda source: _why_missing(corpus, source) if source in shipped else _NOT_BUILT,
    )
    return Group(*_build_lines(data, serving), Text(), *_source_lines(sources, counts), *_freshness_lines(found, today))


def freshness(
    sources: Sequence[Source],
    *,
    wanted: Sequence[Source],
    left_out: set[str],
    today: date,
    why_missing: Callable[[Source], str] = lambda _: _NOT_BUILT,
) -> Freshness:
    """Looks through the sources of a build. `wanted` are those of manifest and council today, `left_out` what was withdrawn here."""
    held = {source.id for source in sources}
    gone = {source.id: "withdrawn by its publisher" for source in wanted if source.status is SourceStatus.WITHDRAWN}
    gone |= {source.id: "withdrawn here" for source in wanted if source.id in left_out}
    return Freshness(
        review_due={each.id: f"due {each.review_by}" for each in sources if each.review_by and each.review_by < today},
        no_longer_valid={
            each.id: f"valid until {each.valid_to}" for each in sources if each.valid_to and each.valid_to < today
        },
        unreplaced={
            each.id: f"superseded by {', '.join(each.superseded_by)}"
            for each in sources
            if each.superseded_by and held.isdisjoint(each.superseded_by)
        },
        withdrawn=gone,
        missing={each.id: why_missing(each) for each in wanted if each.id not in held | gone.keys()},
        digests=sum(each.content is ContentKind.DIGEST for each in sources),
        sources=len(sources),
    )


def _why_missing(corpus: Path, source: Source) -> str:
    try:
        load(digest_path(corpus, source))
    except LoadError as error:
        return f"can't be read: {error}"
    return _NOT_BUILT


def _build_lines(data: Path, serving: BuildInfo) -> Iterator[Text]:
    yield Text("Builds, the serving one marked *", style="bold")
    readable = versions.complete_builds(data)
    for info in readable:
        yield Text(f"{'*' if info.id == serving.id else ' '} {info.id}  {info.created}")
        yield Text(f"    {info.sources} sources, {info.passages} passages, {_models(info)}")
    known = {info.id for info in readable}
    for folder in sorted(builds_folder(data).iterdir()):
        if folder.name not in known and folder.suffix != versions.PARTIAL:
            yield Text(f"! {folder.name}  can't be read by this version", style="red")
            yield Text("    delete its folder to free the space", style="dim")


def _models(info: BuildInfo) -> str:
    return info.model_id if info.reranker is None else f"{info.model_id}, reranked by {info.reranker.model_id}"


def _source_lines(sources: Sequence[Source], passages: Mapping[str, int]) -> Iterator[Text]:
    """Two lines a source, so that ids stay whole on a narrow screen and can be copied."""
    by_publisher: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_publisher[source.publisher].append(source)
    for publisher, own in by_publisher.items():
        yield Text(f"{publisher}: {_number(len(own), 'source')}", style="bold")
        for source in own:
            text = "our summary" if source.content is ContentKind.DIGEST else "original"
            published = source.published or "date not known"
            yield Text(f"  {source.id}")
            yield Text(
                f"      {source.status}, {published}, {text}, {_number(passages.get(source.id, 0), 'passage')}",
                style="dim",
            )
    yield Text()


def _freshness_lines(found: Freshness, today: date) -> Iterator[Text]:
    yield Text(f"Freshness on {today}", style="bold")
    for label, entries in (
        ("Review is past due", found.review_due),
        ("No longer valid", found.no_longer_valid),
        ("Superseded, and nothing that replaced it is held", found.unreplaced),
        ("Withdrawn", found.withdrawn),
        ("Not in the serving build", found.missing),
    ):
        yield Text(f"{label}: {len(entries) or 'none'}", style="yellow" if entries else "")
        for id_, matter in entries.items():
            yield Text(f"  {id_}")
            yield Text(f"      {matter}", style="dim")
    yield Text(f"Only our summary is held: {found.digests} of {_number(found.sources, 'source')}")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
