"""What the values of the corpus are called on the pages."""

from assistant.types import AnswerStatus, ContentKind, Nation, NoticeKind, SourceStatus

NATIONS = {
    Nation.ENGLAND: "England",
    Nation.WALES: "Wales",
    Nation.SCOTLAND: "Scotland",
    Nation.NORTHERN_IRELAND: "Northern Ireland",
}
STATUSES = {
    SourceStatus.CURRENT: "Current",
    SourceStatus.SUPERSEDED: "Superseded",
    SourceStatus.HISTORIC: "Historic",
    SourceStatus.WITHDRAWN: "Withdrawn",
}
STATUS_MEANINGS = {
    SourceStatus.CURRENT: "not replaced; the publisher’s latest of its kind",
    SourceStatus.SUPERSEDED: "replaced by something newer",
    SourceStatus.HISTORIC: "old, and nothing newer of its kind is held; its principles may still help",
    SourceStatus.WITHDRAWN: "taken back by its publisher",
}
KINDS = {
    ContentKind.DIGEST: "Our summary",
    ContentKind.ORIGINAL: "Publisher’s own text",
}
# As the widget says it.
ANSWER_HEADINGS = {
    AnswerStatus.ANSWERED: "Answer",
    AnswerStatus.PARTIAL: "Answer to part of the question",
    AnswerStatus.CLARIFY: "One more thing is needed",
    AnswerStatus.UNANSWERABLE: "Not answered",
    AnswerStatus.OUT_OF_SCOPE: "Outside what this service covers",
    AnswerStatus.DECLINED: "Not answered",
    AnswerStatus.PERSONAL_DATA: "Personal information found",
    AnswerStatus.ERROR: "Something went wrong",
}
# Notices that stand before the quotes, with their lead.
GRAVE_NOTICES = {
    NoticeKind.SUPERSEDED: "Older or replaced guidance",
    NoticeKind.CONFLICT: "Sources disagree",
    NoticeKind.DATE: "Check the date",
    NoticeKind.NATION: "Check the nation",
}


def count_of(number: int, noun: str) -> str:
    """1 source, 2 sources, 1,250 sources."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
