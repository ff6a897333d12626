"""How large things in a conversation may be."""

MESSAGE_BYTES = 100 * 1024
"""Of a message's text in UTF-8."""
SYSTEM_BYTES = 32 * 1024
TITLE_LENGTH = 200
CONVERSATION_MESSAGES = 5000
"""In all branches of one conversation."""
MEMORY_LENGTH = 1000
MEMORIES = 10_000
"""Of a tenant, current ones."""
FEEDBACK_LENGTH = 2000
EXTERNAL_ID_LENGTH = 200
