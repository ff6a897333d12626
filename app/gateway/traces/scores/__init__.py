"""What Galileo's scorers say of traces: fetched when they are ready, read by whoever shows them."""
