"""Parley: agents negotiate and people converse, and nothing said, offered or spent is lost."""
