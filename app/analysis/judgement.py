"""What a judge answers: its fields, their bounds, and the JSON Schema that asks for them."""

from copy import deepcopy
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.llm import OutputSchema

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Score = Annotated[int, Field(ge=0, le=100)]
EventIds = Annotated[list[int], Field(min_length=1, max_length=8)]
Points = Annotated[list[Line], Field(max_length=6)]
Winner = Literal["buyer", "seller", "balanced", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SideJudgement(_Part):
    strategy: Line
    effectiveness: Score
    what_went_well: Points
    what_to_improve: Points


class SellerJudgement(SideJudgement):
    seller_id: UUID


class TurningPoint(_Part):
    event_ids: EventIds
    text: Line


class Tactic(_Part):
    """`by` is `buyer`, or a seller's id."""

    name: Line
    by: Literal["buyer"] | UUID
    event_ids: EventIds
    text: Line


class Recommendation(_Part):
    """`figure` names the figure that it follows from."""

    text: Line
    figure: Line


class BestOffer(_Part):
    event_id: int
    text: Line


class Judgement(_Part):
    """Of one run. `deal_winner` is `none` where there was no deal."""

    quality_score: Score
    buyer: SideJudgement
    sellers: Annotated[list[SellerJudgement], Field(min_length=1, max_length=10)]
    turning_points: Annotated[list[TurningPoint], Field(max_length=8)]
    tactics: Annotated[list[Tactic], Field(max_length=12)]
    recommendations: Annotated[list[Recommendation], Field(min_length=1, max_length=8)]
    narrative: Text
    best_offer: BestOffer | None
    deal_winner: Winner


class OverallJudgement(_Part):
    """Of a session: of the newest run of each of its rooms."""

    performance_insights: Text
    cross_item_comparison: Text
    recommendations: Annotated[list[Line], Field(min_length=1, max_length=8)]


def asked_of_run(seller_ids: list[UUID]) -> OutputSchema:
    """Only these sellers can be named."""
    ids = [str(seller_id) for seller_id in seller_ids]
    schema = deepcopy(_written(Judgement))
    properties = schema["properties"]
    sellers, tactics = properties["sellers"], properties["tactics"]
    sellers["items"]["properties"]["seller_id"] = {"type": "string", "enum": ids}
    tactics["items"]["properties"]["by"] = {"type": "string", "enum": ["buyer", *ids]}
    return OutputSchema("judgement", schema)


def asked_of_session() -> OutputSchema:
    return OutputSchema("overall_judgement", _written(OverallJudgement))


_UNSAID = frozenset({"title", "description", "$defs", "minLength", "maxLength", "format"})
"""What not every vendor's strict mode takes; the bounds of texts are told in words."""


@cache
def _written(model: type[BaseModel]) -> dict[str, Any]:
    """One for all, and not to be changed."""
    schema = model.model_json_schema()
    written: dict[str, Any] = _plain(schema, schema.get("$defs", {}))
    return written


def _plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """Without references, and in the words that all vendors know."""
    if isinstance(schema, list):
        return [_plain(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    fields = {key: value for key, value in schema.items() if key not in _UNSAID}
    plain = {
        key: {name: _plain(part, definitions) for name, part in value.items()}
        if key == "properties"
        else _plain(value, definitions)
        for key, value in fields.items()
    }
    if "maxLength" in schema:
        plain["description"] = f"At most {schema['maxLength']} characters."
    return plain
