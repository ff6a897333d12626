"""Traces on their way to whoever looks at them, and the scores that come back."""
