"""What a finished negotiation was worth: figures from its log, and a model's judgement of it."""
