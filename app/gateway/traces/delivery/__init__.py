"""Takes what waits in the outbox to Galileo."""
