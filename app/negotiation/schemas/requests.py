"""What the market takes, as the marketplace contract, version 1, has it."""

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.kit.contradiction import contradiction
from app.kit.text import seen
from app.negotiation.agents.seat import AgentKind, Priority, SpeakingStyle
from app.negotiation.schemas.rules import all_different, rising
from app.negotiation.schemas.values import (
    JSON_NUMBER,
    MAX_SELLERS,
    Amount,
    Count,
    ItemName,
    Name,
    VoiceID,
)
from app.negotiation.selection import name_key


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ShoppingItemIn(Body):
    item_id: Name
    item_name: ItemName
    quantity_needed: Count
    min_price_per_unit: Amount
    max_price_per_unit: Amount

    @model_validator(mode="after")
    def _ordered(self) -> "ShoppingItemIn":
        rising(self, "min_price_per_unit", "max_price_per_unit")
        return self


class BuyerIn(Body):
    name: Name
    shopping_list: Annotated[list[ShoppingItemIn], Field(min_length=1, max_length=10)]
    voice_id: VoiceID | None = Field(
        None,
        description="Its voice; default: the buyer's usual",
        examples=["cgSgspJ2msm6clMCkdW9"],
    )


class ProfileIn(Body):
    priority: Priority
    speaking_style: SpeakingStyle


class InventoryItemIn(Body):
    item_id: Name
    item_name: ItemName
    cost_price: Amount
    least_price: Amount
    selling_price: Amount
    quantity_available: Count

    @model_validator(mode="after")
    def _ordered(self) -> "InventoryItemIn":
        rising(self, "cost_price", "least_price", "selling_price")
        return self


class SellerIn(Body):
    name: Name
    profile: ProfileIn
    inventory: Annotated[list[InventoryItemIn], Field(min_length=1, max_length=100)]
    agent: AgentKind | None = Field(
        None, description="Who plays this seller; default: `agents.sellers`"
    )
    arrives_in_round: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="The first round in which it takes part"
    )
    voice_id: VoiceID | None = Field(
        None,
        description="Its voice, of `GET /api/v1/voice/voices`; default: one that suits it",
        examples=["N2lVS1w4EtoT3dr4eOWO"],
    )

    @model_validator(mode="after")
    def _unique(self) -> "SellerIn":
        all_different([item.item_id for item in self.inventory], str, "inventory", "item_id")
        return self


class LLMConfigIn(Body):
    model: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    temperature: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False), JSON_NUMBER] = 0.7
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000), JSON_NUMBER] = 500
    provider: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        None, description="A configured provider, or `offline`; default: the server's"
    )


class AgentsIn(Body):
    """Who fills the seats: `llm`, `narrated` or `offline`. Default: `llm` when the session has a
    provider, else `offline`."""

    buyer: AgentKind | None = None
    sellers: AgentKind | None = None


class InitializeRequest(Body):
    buyer: BuyerIn
    sellers: Annotated[
        list[SellerIn],
        Field(min_length=1, json_schema_extra={"maxItems": MAX_SELLERS}),  # an error of its own
    ]
    llm_config: LLMConfigIn
    agents: AgentsIn = AgentsIn()
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = Field(
        None, description="The same seed gives offline agents the same run"
    )
    min_rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    max_rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    timeout_minutes: (
        Annotated[float, Field(gt=0, le=1440, allow_inf_nan=False), JSON_NUMBER] | None
    ) = None
    pace_seconds: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False), JSON_NUMBER] = Field(
        0, description="A pause before each turn, so that people can follow quick agents"
    )

    @model_validator(mode="after")
    def _unique_sellers(self) -> "InitializeRequest":
        all_different([seller.name for seller in self.sellers], name_key, "sellers", "name")
        return self

    @model_validator(mode="after")
    def _rounds_in_order(self) -> "InitializeRequest":
        if self.min_rounds and self.max_rounds and self.min_rounds > self.max_rounds:
            issue = f"should be at most max_rounds ({self.max_rounds}), got {self.min_rounds}"
            raise contradiction("min_rounds", issue=issue, example=self.max_rounds)
        return self

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "buyer": {
                        "name": "Alice",
                        "shopping_list": [
                            {
                                "item_id": "laptop-1",
                                "item_name": "Laptop",
                                "quantity_needed": 2,
                                "min_price_per_unit": 700,
                                "max_price_per_unit": 1100,
                            }
                        ],
                    },
                    "sellers": [
                        {
                            "name": "TechStore",
                            "profile": {
                                "priority": "customer_retention",
                                "speaking_style": "very_sweet",
                            },
                            "inventory": [
                                {
                                    "item_id": "tl-9",
                                    "item_name": "Laptop",
                                    "cost_price": 650,
                                    "least_price": 780,
                                    "selling_price": 1050,
                                    "quantity_available": 10,
                                }
                            ],
                        },
                        {
                            "name": "GadgetHub",
                            "profile": {"priority": "maximize_profit", "speaking_style": "rude"},
                            "inventory": [
                                {
                                    "item_id": "g-1",
                                    "item_name": "laptop",
                                    "cost_price": 600,
                                    "least_price": 760,
                                    "selling_price": 1150,
                                    "quantity_available": 4,
                                }
                            ],
                        },
                    ],
                    "llm_config": {"model": "offline", "provider": "offline"},
                }
            ]
        }
    )


class MessageRequest(Body):
    message: Annotated[
        str, StringConstraints(min_length=1, max_length=1000), AfterValidator(seen)
    ] = Field(examples=["@TechStore can you do 900 for two?"])
