"""What the gateway answers."""

from pydantic import BaseModel, Field


class ModelsReport(BaseModel):
    """The default provider, which sessions use that name none."""

    available: bool = Field(description="Whether it answers.")
    provider: str = Field(
        description="Its name; `offline` when none is configured and the built-in agents play.",
        examples=["lm_studio"],
    )
    base_url: str | None = Field(
        description="Where it is asked, without user, password and query; null for `offline`.",
        examples=["http://localhost:1234/v1"],
    )
    models: list[str] = Field(
        description="The models it offers; empty while it doesn't answer.",
        examples=[["qwen/qwen3-8b"]],
    )
    error: str | None = Field(
        description="Why it isn't available, and what to do; else null.", examples=[None]
    )


class DatabaseReport(BaseModel):
    available: bool = Field(description="Whether it answers.")
    url: str = Field(
        description="Where it is, without path, user and password.",
        examples=["postgresql://localhost:5432"],
    )
    error: str | None = Field(description="Why it isn't available; else null.", examples=[None])


class StatusReport(BaseModel):
    llm: ModelsReport
    database: DatabaseReport
