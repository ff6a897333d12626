"""Finds out afterwards what calls cost that nobody heard out."""

from app.gateway.calls.settlement.service import Settlement

__all__ = ["Settlement"]
