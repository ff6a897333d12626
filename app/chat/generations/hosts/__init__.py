"""Signs of life of the processes that make answers, and the end of what a dead one left."""

from app.chat.generations.hosts.service import Hosts

__all__ = ["Hosts"]
