"""The words of agents without a model: they follow the numbers, which are decided before."""

from app.negotiation.agents.phrasebook.buyer import buyer_words
from app.negotiation.agents.phrasebook.seller import seller_words

__all__ = ["buyer_words", "seller_words"]
