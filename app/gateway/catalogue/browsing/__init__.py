"""Finds models by what is wanted of them, and shows one with its past."""

from app.gateway.catalogue.browsing.repository import KeptModel, Results
from app.gateway.catalogue.browsing.service import Biography, Browsing, Page
from app.gateway.catalogue.browsing.wanted import Sort, Status, Wanted

__all__ = ["Biography", "Browsing", "KeptModel", "Page", "Results", "Sort", "Status", "Wanted"]
