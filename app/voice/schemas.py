"""What the endpoints of speech take and answer."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.voice.elevenlabs import VendorVoice
from app.voice.formats import AudioFormat
from app.voice.utterance import AS_IT_IS, Delivery
from app.web import Timestamp

_LONGEST_TEXT = 200_000
"""Characters of a body's text; how many of them are spoken, the settings say."""

VoiceID = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{10,40}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class DeliveryIn(BaseModel):
    """How the voice speaks; what is left out is as the voice has it."""

    model_config = ConfigDict(extra="ignore")

    stability: Share | None = Field(None, description="Low is lively, high is even.")
    similarity_boost: Share | None = Field(None, description="How close to the original voice.")
    style: Share | None = Field(None, description="How much of its style is overdone.")
    speed: Annotated[float, Field(ge=0.7, le=1.2, allow_inf_nan=False)] | None = Field(
        None, description="1 is its usual speed."
    )

    def delivery(self) -> Delivery:
        return Delivery(self.stability, self.similarity_boost, self.style, self.speed)


class SpeechRequest(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TEXT)] = Field(
        examples=["Good morning! What would you pay for two of them?"]
    )
    voice_id: VoiceID | None = Field(
        None,
        description="A voice of `GET /api/v1/voice/voices`; default: the narrator's.",
        examples=["JBFqnCBsd6RMkjVDRZzb"],
    )
    format: AudioFormat = AudioFormat.MP3
    settings: DeliveryIn | None = None

    def delivery(self) -> Delivery:
        return self.settings.delivery() if self.settings else AS_IT_IS


class VoiceView(BaseModel):
    voice_id: str
    name: str
    category: str | None = Field(description="`premade`, `cloned`, `generated`, `professional`.")
    description: str | None
    labels: dict[str, str] = Field(description="Accent, age, gender and the like.")
    preview_url: str | None = Field(description="A sample of it, at the vendor's.")
    uses: list[str] = Field(
        description="What it is cast for where nobody chose: `buyer`, `narrator`, "
        "`seller: rude, maximize_profit`."
    )

    @classmethod
    def of(cls, told: VendorVoice, uses: list[str]) -> Self:
        return cls(
            voice_id=told.voice_id,
            name=told.name,
            category=told.category,
            description=told.description,
            labels=dict(told.labels),
            preview_url=told.preview_url,
            uses=uses,
        )


class VoicesPageView(BaseModel):
    voices: list[VoiceView]
    total: int = Field(description="How many there are on all pages.")
    limit: int
    offset: int
    told_at: Timestamp = Field(description="When ElevenLabs told of them.")
