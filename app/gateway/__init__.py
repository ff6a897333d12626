"""The model core's side in this service: the ledger's table and its writer, and how models are."""
