"""Puts the parts of memory together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.chat.memory.asking import BackgroundModel
from app.chat.memory.book import MemoryBook
from app.chat.memory.embedding import Backfill, choose, local_embedder
from app.chat.memory.extraction import Extraction
from app.chat.memory.service import Memories
from app.chat.memory.summaries import RollingSummaries, SummaryPolicy
from app.db import Database
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import LLMClient


@frozen
class Memory:
    """`memories` are for turns, `book` is for their owner; the rest works in the background."""

    memories: Memories
    book: MemoryBook
    backfill: Backfill
    extraction: Extraction
    summaries: RollingSummaries


@contextmanager
def open_memory(
    embeddings: str,
    summing_up: SummaryPolicy,
    *,
    database: Database,
    client: LLMClient,
    jobs: JobQueue,
    clock: Clock,
) -> Iterator[Memory]:
    """`embeddings` as in the setting `CHAT_EMBEDDINGS`."""
    with ExitStack() as stack:
        local = local_embedder() if embeddings in ("auto", "local") else None
        if local is not None:
            stack.callback(local.close)
        embedder = choose(embeddings, client, local)
        backfill = Backfill(database, jobs, embedder)
        model = BackgroundModel(client)
        yield Memory(
            memories=Memories(database, jobs, embedder, clock),
            book=MemoryBook(database, backfill, clock),
            backfill=backfill,
            extraction=Extraction(database, model, backfill),
            summaries=RollingSummaries(database, model, clock, summing_up),
        )
