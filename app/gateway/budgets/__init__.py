"""Limits on what calls may cost: reserved before a call, settled by its row of the ledger."""

from app.gateway.budgets.live import LiveBudgets
from app.gateway.budgets.reserving import Reserving
from app.gateway.budgets.service import BudgetBook

__all__ = ["BudgetBook", "LiveBudgets", "Reserving"]
