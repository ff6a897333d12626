"""What the templates' endpoint answers."""

from pydantic import BaseModel, ConfigDict, Field


class TemplateView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["casual"])
    version: int = Field(description="Goes up when the words change.", examples=[1])
    purpose: str = Field(examples=["For everyday talk: warm, plain, to the point."])


class TemplatesView(BaseModel):
    templates: list[TemplateView]
