"""Concession tactics from the literature: what price to name next, and nothing about words."""

from app.negotiation.agents.tactics.grid import Grid, grid_for
from app.negotiation.agents.tactics.micro import MiCRO
from app.negotiation.agents.tactics.mixed import Mixed
from app.negotiation.agents.tactics.repertoire import buyer_tactic, seller_tactic
from app.negotiation.agents.tactics.situation import Situation, Tactic
from app.negotiation.agents.tactics.time_dependent import Exponential, Polynomial
from app.negotiation.agents.tactics.tit_for_tat import (
    AbsoluteTitForTat,
    AveragedTitForTat,
    RelativeTitForTat,
)

__all__ = [
    "AbsoluteTitForTat",
    "AveragedTitForTat",
    "Exponential",
    "Grid",
    "MiCRO",
    "Mixed",
    "Polynomial",
    "RelativeTitForTat",
    "Situation",
    "Tactic",
    "buyer_tactic",
    "grid_for",
    "seller_tactic",
]
