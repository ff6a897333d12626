"""What providers tell of their models, read into facts. No network in here."""
