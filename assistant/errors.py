"""What can go wrong outside the assistant's own logic. Every message says what happened and what to do."""


class GuidanceError(Exception):
    """Base of the errors that a person is meant to read."""


class QuestionError(GuidanceError):
    """The question can't be used as it is. `code` is stable and names the reason, for callers that branch on it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BuildError(GuidanceError):
    """There is no usable index build: missing, damaged, or made by another version."""


class ModelError(GuidanceError):
    """The embedding model is missing, damaged, or not the one that the build was made with."""


class ManifestError(GuidanceError):
    """The corpus manifest, a digest or an added document's record is not valid."""


class LoadError(GuidanceError):
    """A document can't be read as guidance."""


class LockedError(GuidanceError):
    """Another process is changing the index."""


class Abandoned(Exception):  # noqa: N818
    """Whoever asked has left. Raised by `tell` of `Assistant.ask` to stop the work; nobody is told of it."""


class NotFoundError(GuidanceError):
    """What was asked for by id is not in the current build."""


class SettingsError(GuidanceError):
    """A setting is unknown, missing or unsafe."""


class ChatModelError(GuidanceError):
    """The chat model gave no usable answer. `retryable` says whether the same call may succeed a moment later."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable
