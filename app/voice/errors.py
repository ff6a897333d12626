"""What can go wrong on the way from text to speech, and back."""

from app.errors import Conflict, FieldIssue, InvalidInput, NotFound, Unavailable


class VoiceOff(Conflict):
    """There is no voice: set `ELEVENLABS_API_KEY`. Nothing is down: it was never switched on."""

    code = "VOICE_DISABLED"

    def __init__(self) -> None:
        super().__init__("there is no voice here: set ELEVENLABS_API_KEY to a key of ElevenLabs")


class VoiceUnavailable(Unavailable):
    """ElevenLabs doesn't speak or listen at the moment; the message tells why.

    `retry_after` in seconds, as it asked; None when it didn't say. `retryable` is false where
    trying again won't help: the key is wrong, the plan is used up.
    """

    code = "VOICE_UNAVAILABLE"

    def __init__(
        self, cause: str, *, retryable: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(f"ElevenLabs {cause}")
        self.cause = cause
        self.retryable = retryable  # type: ignore[misc]  # it depends on the cause
        self.retry_after = retry_after


class VoiceTimeout(VoiceUnavailable):
    """It said nothing for too long. Not asked again at once."""


class VoiceUnusable(VoiceUnavailable):
    """It answered, but with something that is no speech. Not asked again at once either."""


class VoiceOverBudget(Unavailable):
    """A budget can't cover the most that this may cost; the message says when it starts anew."""

    code = "VOICE_BUDGET_EXCEEDED"
    retryable = False

    def __init__(self, cause: str) -> None:
        super().__init__(f"over budget: {cause}")


class TextTooLong(InvalidInput):
    """The text has more characters than are spoken at once."""

    code = "TEXT_TOO_LONG"

    def __init__(self, characters: int, limit: int) -> None:
        issue = f"has {characters} characters; at most {limit} are spoken at once: send it in parts"
        super().__init__(f"text {issue}", details=(FieldIssue("text", issue),))


class NothingToSay(InvalidInput):
    """The text has no word that could be spoken: it is all code, or all marks."""

    code = "NOTHING_TO_SAY"

    def __init__(self) -> None:
        issue = "has no words that could be spoken; send some, such as: Good morning."
        super().__init__(f"text {issue}", details=(FieldIssue("text", issue),))


class UnknownVoice(InvalidInput):
    """ElevenLabs has no such voice for this key: choose one of `GET /api/v1/voice/voices`."""

    code = "UNKNOWN_VOICE"

    def __init__(self, voice_id: str) -> None:
        issue = f"'{voice_id}' is no voice of this account; choose one of GET /api/v1/voice/voices"
        super().__init__(f"voice_id {issue}", details=(FieldIssue("voice_id", issue),))


class EmptyRecording(InvalidInput):
    """The file has nothing in it."""

    code = "EMPTY_RECORDING"

    def __init__(self) -> None:
        issue = "is empty: send a recording"
        super().__init__(f"file {issue}", details=(FieldIssue("file", issue),))


class NotARecording(InvalidInput):
    """The file is nothing that can be heard."""

    code = "NOT_A_RECORDING"

    def __init__(self) -> None:
        issue = "is no recording that can be heard; send MP3, M4A, WAV, Ogg, FLAC or WebM"
        super().__init__(f"file {issue}", details=(FieldIssue("file", issue),))


class SpokenMessageNotFound(NotFound):
    """No message of this tenant has this id, or its session or conversation was deleted."""

    code = "MESSAGE_NOT_FOUND"

    def __init__(self, message_id: object) -> None:
        super().__init__(f"there is no message {message_id}")
