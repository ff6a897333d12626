"""The ledger in this service: written in batches, read over HTTP, never waited for by a call."""
