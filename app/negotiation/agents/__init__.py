"""Who sits in a seat: a language model, a narrated tactic, or the offline negotiator."""
