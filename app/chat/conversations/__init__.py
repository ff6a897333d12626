"""Conversations and their messages: looked for, read, changed, deleted."""
