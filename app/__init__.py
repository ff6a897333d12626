"""Parley: agents negotiate and people converse, and nothing said, offered or spent is lost."""

APP_NAME = "Parley"
VERSION = "0.1.0"
