"""An answer for people at a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from assistant.types import Answer, Citation, ContentKind, Notice, NoticeKind, SourceStatus, StatementKind

_GRAVE = {NoticeKind.SUPERSEDED, NoticeKind.CONFLICT, NoticeKind.DATE, NoticeKind.NATION}


def render(answer: Answer) -> RenderableType:
    """Grave notices first, then the quotes, then the sources they are from. Text is never read as markup."""
    parts: list[RenderableType] = [Text(answer.question.strip(), style="bold"), Text()]
    parts.extend(_notice(notice, "!") for notice in answer.notices if notice.kind in _GRAVE)
    if answer.statements:
        parts.append(Text("Guidance held on this:"))
        for statement in answer.statements:
            numbers = "".join(f" [{number}]" for number in statement.citations)
            # Only what is quoted stands in quotation marks.
            said = f"“{statement.text}”" if statement.kind is StatementKind.QUOTED else statement.text
            parts.append(Padding(Text(f"{said}{numbers}"), (0, 0, 0, 2)))
    if answer.suggestion:
        parts.append(Text(answer.suggestion))
    parts.extend(_notice(notice, "i") for notice in answer.notices if notice.kind not in _GRAVE)
    if answer.citations:
        parts.append(Text("\nSources", style="bold"))
        parts.extend(Padding(Text(line), (0, 0, 0, 2)) for line in _sources(answer.citations))
    return Group(*parts)


def _notice(notice: Notice, mark: str) -> Text:
    return Text(f"({mark}) {notice.text}\n", style="yellow" if mark == "!" else "dim")


def _sources(citations: tuple[Citation, ...]) -> Iterator[str]:
    """A block a source: what it is, where it is, and under which heading or on which page each quote stands."""
    for source_id in dict.fromkeys(citation.source_id for citation in citations):
        cited = [citation for citation in citations if citation.source_id == source_id]
        first = cited[0]
        parts = [first.title, first.publisher, first.published or "date not known"]
        if first.source_status is not SourceStatus.CURRENT:
            parts.append(first.source_status.value)
        parts.append("our summary" if first.content is ContentKind.DIGEST else "original text")
        lines = [" · ".join(parts), *([first.url.partition("#page=")[0]] if first.url else [])]
        lines.extend(f"[{citation.number}] {_place(citation)}" for citation in cited)
        yield "\n    ".join(lines)


def _place(citation: Citation) -> str:
    parts = [f"page {citation.page}"] if citation.page else []
    if citation.heading_path:
        parts.append(f"under “{' > '.join(citation.heading_path)}”")
    return ", ".join(parts) or "in the text"
