"""Small things that know nothing of the product: time, ids, money, JSON, event-stream wire."""
