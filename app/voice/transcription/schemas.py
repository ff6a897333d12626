"""What the endpoint of transcriptions takes and answers."""

from typing import Any, Self

from pydantic import BaseModel, Field

from app.voice.transcription.transcript import Transcript


class WordView(BaseModel):
    text: str
    start: float = Field(description="Seconds from the start of the recording.")
    end: float


class TranscriptView(BaseModel):
    text: str = Field(description="Empty where nobody spoke.")
    language: str | None = Field(description="As it was heard: a code of ISO 639.")
    seconds: float = Field(description="How long the recording is.")
    words: list[WordView]

    @classmethod
    def of(cls, transcript: Transcript) -> Self:
        words = [WordView(text=w.text, start=w.start, end=w.end) for w in transcript.words]
        return cls(
            text=transcript.text,
            language=transcript.language,
            seconds=transcript.seconds,
            words=words,
        )


LANGUAGE = {
    "type": "string",
    "pattern": "^[a-z]{2,3}$",
    "description": "A code of ISO 639, such as `en`; without it, it is found out.",
}


def recording_body(fields: dict[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint that takes a recording, with further fields of a form."""
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    content = {
        "multipart/form-data": {"schema": form},
        "audio/*": {"schema": file},
        "video/*": {"schema": file},
    }
    return {"requestBody": {"required": True, "content": content}}
