"""Finds out which models there are, and what they cost now."""

from app.gateway.catalogue.discovery.catching_up import CatchingUp
from app.gateway.catalogue.discovery.report import DiscoveryReport, Outcome, Totals
from app.gateway.catalogue.discovery.service import Discovery, Progress

__all__ = ["CatchingUp", "Discovery", "DiscoveryReport", "Outcome", "Progress", "Totals"]
