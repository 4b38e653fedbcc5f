"""What a build would change: the passages of the working corpus against those of the serving build. Writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from assistant.adapters.build_folder import (
    CONFLICTS,
    REMEDY,
    TERMS,
    builds_folder,
    read_current,
    read_info,
    read_passages,
    read_sources,
)
from assistant.errors import BuildError
from assistant.types import Passage, Source
from ingest.content import Content
from ingest.near_duplicates import describe

Documents = Sequence[tuple[Source, list[Passage]]]


class ChangeKind(StrEnum):
    """What happens to a passage. A changed one has other text under the same headings, a moved one the same text elsewhere."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageChange:
    """One passage before and after; None where there is none."""

    kind: ChangeKind
    before: Passage | None
    after: Passage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What happens to a source. `before` or `after` is None where it is new or gone; `values` are fields of its manifest row, in words."""

    before: Source | None
    after: Source | None
    values: tuple[str, ...]
    passages: tuple[PassageChange, ...]

    @property
    def id(self) -> str:
        """The source's id."""
        return next(source.id for source in (self.after, self.before) if source is not None)

    @property
    def what(self) -> str:
        """What happens to it, in a word."""
        if self.before is None:
            return "new"
        return "gone" if self.after is None else "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that a build would change. `build_id` is None where nothing serves yet; `failed` says which sources can't be read, and why.

    `terms` and `conflicts` are the names of those that differ, or are on one side only. `left_out` says, in words, what the index leaves
    out because another source says the same, whether or not the serving build does so already.
    """

    build_id: str | None
    sources: tuple[SourceChange, ...]
    terms: tuple[str, ...]
    conflicts: tuple[str, ...]
    left_out: tuple[str, ...]
    failed: Mapping[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether officers would see no difference."""
        return not (self.sources or self.terms or self.conflicts)

    def count(self, kind: ChangeKind) -> int:
        """How many passages change in one way."""
        return sum(change.kind is kind for source in self.sources for change in source.passages)


def preview(data: Path, content: Content, failed: Mapping[str, str]) -> Preview:
    """Compares what would be built with the serving build.

    Raises:
        BuildError: the serving build is damaged.
    """
    build_id = read_current(data) if (data / "current").is_file() else None
    held = _held(builds_folder(data) / build_id) if build_id else Content(documents=())
    return Preview(
        build_id=build_id,
        sources=tuple(difference(held.documents, content.documents)),
        terms=_different({each.term: each for each in held.terms}, {each.term: each for each in content.terms}),
        conflicts=_different({each.id: each for each in held.conflicts}, {each.id: each for each in content.conflicts}),
        left_out=tuple(describe(content.near_duplicates)),
        failed=failed,
    )


def difference(before: Documents, after: Documents) -> Iterator[SourceChange]:
    """The sources that differ, in the order of `after`, then those that are gone."""
    old = {source.id: (source, passages) for source, passages in before}
    new = {source.id: (source, passages) for source, passages in after}
    for id_ in [*new, *(id_ for id_ in old if id_ not in new)]:
        old_source, old_passages = old.get(id_, (None, []))
        new_source, new_passages = new.get(id_, (None, []))
        values = tuple(_values(old_source, new_source)) if old_source and new_source else ()
        changes = tuple(_passage_changes(old_passages, new_passages))
        if changes or values or old_source is None or new_source is None:
            yield SourceChange(before=old_source, after=new_source, values=values, passages=changes)


def _passage_changes(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[PassageChange]:
    """Passages are told apart by their ids, which are made of their text; those under the same headings are then paired in order."""
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    unpaired: dict[tuple[str, ...], list[Passage]] = defaultdict(list)
    for passage in before:
        if passage.id not in new:
            unpaired[passage.heading_path].append(passage)
    for passage in after:
        same = old.get(passage.id)
        if same is not None:
            if (same.heading_path, same.page) != (passage.heading_path, passage.page):
                yield PassageChange(kind=ChangeKind.MOVED, before=same, after=passage)
        elif unpaired[passage.heading_path]:
            yield PassageChange(kind=ChangeKind.CHANGED, before=unpaired[passage.heading_path].pop(0), after=passage)
        else:
            yield PassageChange(kind=ChangeKind.ADDED, before=None, after=passage)
    for left in unpaired.values():
        yield from (PassageChange(kind=ChangeKind.REMOVED, before=passage, after=None) for passage in left)


def _values(before: Source, after: Source) -> Iterator[str]:
    for field in fields(Source):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield f"{field.name}: {_in_words(old)} → {_in_words(new)}"


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _different(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys([*after, *before]) if before.get(name) != after.get(name))


def _held(folder: Path) -> Content:
    """What a build was made of, as it stands in its files."""
    read_info(folder)
    documents: dict[str, tuple[Source, list[Passage]]] = {source.id: (source, []) for source in read_sources(folder)}
    for passage in read_passages(folder):
        documents[passage.source_id][1].append(passage)
    try:
        terms = TERMS.validate_json((folder / "terms.json").read_bytes())
        conflicts = CONFLICTS.validate_json((folder / "conflicts.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BuildError(f"The build {folder.name} is damaged: terms or conflicts can't be read. {REMEDY}") from error
    return Content(documents=tuple(documents.values()), terms=terms, conflicts=conflicts)


def render(found: Preview) -> RenderableType:
    """A preview for people: a source at a time, what goes in red, what comes in green. New and gone sources show their headings only."""
    lines: list[RenderableType] = [line for source in found.sources for line in [*_source_lines(source), Text()]]
    for what, names in (("Terms", found.terms), ("Conflicts", found.conflicts)):
        if names:
            lines.append(Text(f"{what} that differ: {', '.join(names)}"))
    lines.extend(Text(line) for line in found.left_out)
    lines.extend(Text(f"failed: {id_}: {reason}", style="red") for id_, reason in found.failed.items())
    lines.append(Text(_summary(found), style="bold"))
    return Group(*lines)


def _summary(found: Preview) -> str:
    against = f"the serving build {found.build_id}" if found.build_id else "no build, as nothing serves yet"
    if found.is_empty:
        return f"Nothing differs from {against}"
    whats = Counter(source.what for source in found.sources)
    sources = ", ".join(f"{whats[what]} {what}" for what in ("new", "updated", "gone"))
    passages = ", ".join(f"{found.count(kind)} {kind}" for kind in ChangeKind)
    return f"Against {against}\n  sources: {sources}\n  passages: {passages}"


def _source_lines(source: SourceChange) -> Iterator[RenderableType]:
    count = len(source.passages)
    what = f"{count} passage{'' if count == 1 else 's'}" if count else "its row only"
    yield Text(f"{source.id}: {source.what}, {what}", style="bold")
    for value in source.values:
        yield _line(2, value, "yellow")
    for change in source.passages:
        if source.what == "updated":
            yield from _passage_lines(change)
        elif passage := change.after or change.before:
            yield _line(2, _place(passage))


def _passage_lines(change: PassageChange) -> Iterator[RenderableType]:
    if passage := change.after or change.before:
        yield _line(2, f"{_place(passage)} ({change.kind})")
    if change.kind is ChangeKind.MOVED and change.before:
        yield _line(4, f"was: {_place(change.before)}", "yellow")
        return
    old, new = _sentences(change.before), _sentences(change.after)
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (_line(4, f"- {sentence}", "red") for sentence in old[old_from:old_to])
            yield from (_line(4, f"+ {sentence}", "green") for sentence in new[new_from:new_to])


def _line(indent: int, text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, indent), expand=False)


def _place(passage: Passage) -> str:
    page = f", page {passage.page}" if passage.page else ""
    return " > ".join(passage.heading_path or ("(no heading)",)) + page


def _sentences(passage: Passage | None) -> list[str]:
    return [passage.text[each.start : each.end] for each in passage.sentences] if passage else []
