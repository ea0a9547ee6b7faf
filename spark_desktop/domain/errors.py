"""Every exception of the desktop, as one tree.

Adapters translate foreign exceptions into these once; above them nothing else is caught. Each error
carries one sentence for the user and one for what to do next.
"""

from spark_desktop.domain.words import Said, joined, say


class SparkError(Exception):
    """Root of the tree; ``str()`` gives the message and the next step in one line."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    @property
    def told(self) -> Said:
        """Return the message and the next step in one line, which can still be translated."""
        return joined((self.message, self.next_step))

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class FileError(SparkError):
    """A file could not be read or written; the message names it."""


class NotTextError(FileError):
    """The bytes are not text in an encoding that we can write back unchanged."""


class MissingFileError(FileError):
    """There is no file at the path."""


class FileTooLargeError(FileError):
    """The file is over the size that a proposal may be made for."""


class FileChangedError(FileError):
    """The file no longer holds the text that the write was made for; nothing was written."""


class ReadOnlyFileError(FileError):
    """The file, or its folder, may not be written."""


class OutsideWorkspaceError(FileError):
    """The path leads out of the watched folder."""


class PatchError(SparkError):
    """A patch cannot be parsed or applied."""


class ConflictError(PatchError):
    """A hunk's place was changed since the proposal was made; nothing was written."""


class UndoBlockedError(ConflictError):
    """What was written cannot be taken or brought back around what came later.

    ``path`` and ``line`` (from 1; 0: the file itself) say where; ``step_id`` is the later step that
    stands in the way, "" where it is a change of the user's.
    """

    def __init__(
        self, message: str, next_step: str, path: str, line: int = 0, step_id: str = ""
    ) -> None:
        super().__init__(message, next_step)
        self.path = path
        self.line = line
        self.step_id = step_id


class SecretFileError(FileError):
    """The file's name says that it may hold secrets; it is not even read."""


class UnconfirmedSecretError(SecretFileError):
    """A file or a text looks like a secret, and the user has not confirmed that it may be sent."""


class EndpointError(SparkError):
    """The model's server failed."""


class EndpointUnreachableError(EndpointError):
    """No connection, or it broke."""


class EndpointBusyError(EndpointError):
    """The server has too much to do; ``retry_after`` seconds later it may answer, if it says so."""

    def __init__(self, message: str, next_step: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, next_step)
        self.retry_after = retry_after


class EngineDownError(EndpointError):
    """The engine behind the core died; ``retry_after`` seconds later another may answer.

    ``retry_after`` is None where the answer had begun already.
    """

    def __init__(self, message: str, next_step: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, next_step)
        self.retry_after = retry_after


class EndpointRejectedError(EndpointError):
    """The server refused the request (4xx)."""


class AccessRefusedError(EndpointRejectedError):
    """The server refused the key, or there was none."""


class ContextExceededError(EndpointRejectedError):
    """The prompt is longer than the model's context; carries both numbers, in tokens."""

    def __init__(self, prompt_tokens: int, context_tokens: int, next_step: str = "") -> None:
        super().__init__(
            say(
                "The prompt has {prompt} tokens, the model's context holds {context}.",
                prompt=prompt_tokens,
                context=context_tokens,
            ),
            next_step or say("Select a smaller region, or choose a model with a longer context."),
        )
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens


class IncompleteStreamError(EndpointError):
    """The stream ended without saying that it was finished."""


class CoreError(SparkError):
    """The local inference core could not be started, or ended."""


class ProfileError(CoreError):
    """The core's pacing profiles could not be read."""


class StoreError(SparkError):
    """The database of threads or checkpoints could not be read or written."""


class HotkeyError(SparkError):
    """Keys that cannot be a hotkey; the message says why."""


class PasteError(SparkError):
    """Text could not be put into another program's window; nothing was typed anywhere."""


class NothingToUndoError(SparkError):
    """There is no applied change left to undo (or undone change to redo)."""


class UnknownStepError(SparkError):
    """There is no kept step with this id."""


class ModelStoreError(CoreError):
    """The model files could not be read, fetched, brought in or removed."""


class DesktopError(SparkError):
    """The user's desktop refused something: to start Spark at log-in, to run it only once."""


class LinkError(SparkError):
    """A spark:// link that cannot be followed; the message says what is wrong with it."""


class SecretStoreError(SparkError):
    """The keyring cannot be used; the message says which was looked for."""


class LimitError(EndpointError):
    """The request does not fit into what the account, or the user's budget, allows now.

    ``retry_after`` is in seconds, None where waiting does not help.
    """

    def __init__(self, message: str, next_step: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, next_step)
        self.retry_after = retry_after


class RouteError(EndpointError):
    """The way to an endpoint cannot be used as it is set; nothing was sent."""


class PlainHttpError(RouteError):
    """Another machine would be spoken to without TLS, and the user has not consented."""


class UntrustedServerError(EndpointUnreachableError):
    """TLS failed: who answers cannot be told, or is not who was asked; nothing was sent."""


class ProxyFailedError(EndpointUnreachableError):
    """A proxy on the way refused, or was not there."""


class AnswerTooLargeError(EndpointError):
    """The server sent more than any answer holds; the connection was closed."""


class NoticesError(SparkError):
    """The licences of what Spark is made of cannot be read."""


class UpdateError(SparkError):
    """Newer releases could not be looked for or fetched; nothing of what came is used."""


class SignatureError(UpdateError):
    """Nobody who may has signed the feed, or not what came."""


class FeedError(UpdateError):
    """The signed feed cannot be used: its form, its age, its place in the order of feeds."""


class ReplayedFeedError(FeedError):
    """The feed is older than one that was accepted before, or another one of the same number."""


class ExpiredFeedError(FeedError):
    """The feed, or its signature, is no longer valid: newer ones may be held back."""


class ClockError(FeedError):
    """This machine's clock is behind, so that nobody can tell whether a feed is still valid."""


class PackageError(UpdateError):
    """A release's file could not be fetched, or is not the one that the feed names."""
