"""Limits on what calls may cost: reserved before a call, settled by its row of the ledger."""
