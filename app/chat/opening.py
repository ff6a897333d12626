"""Puts the parts of chat together, and owns what they do in the background."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.chat.context import Contexts, Optimizer, RecentPolicy, Showing
from app.chat.conversations.browsing import Browsing
from app.chat.conversations.export import Exports
from app.chat.conversations.service import ConversationBook
from app.chat.conversations.titles import Titles
from app.chat.feedback import FeedbackBook
from app.chat.generations import Folding, GenerationLogs, open_generations
from app.chat.memory import Memories, Memory, SummaryPolicy, open_memory
from app.chat.speech import Speech, open_speech
from app.chat.turns import Turns, open_turns
from app.db import Database, Notifications
from app.jobs import JobQueue
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.llm import Find, LLMClient
from app.voice import Voice


@frozen
class ChatOptions:
    """As in the settings `CHAT_…` and `WORKER_…`; times in seconds."""

    recent_exchanges: int
    recent_tokens: int
    window: int
    events_hours: float
    embeddings: str
    heartbeat_interval: float
    stalled_after: float


@frozen
class Chat:
    """What endpoints and jobs of conversations work with."""

    browsing: Browsing
    contexts: Contexts
    conversations: ConversationBook
    exports: Exports
    feedback: FeedbackBook
    folding: Folding
    generations: GenerationLogs
    memories: Memories
    optimizer: Optimizer
    memory: Memory
    showing: Showing
    speech: Speech
    titles: Titles
    turns: Turns


@asynccontextmanager
async def open_chat(
    options: ChatOptions,
    *,
    database: Database,
    notifications: Notifications,
    client: LLMClient,
    find: Find,
    jobs: JobQueue,
    voice: Voice,
    clock: Clock,
) -> AsyncIterator[Chat]:
    async with AsyncExitStack() as stack:
        generations = await stack.enter_async_context(
            open_generations(
                database,
                notifications,
                clock,
                heartbeat_interval=options.heartbeat_interval,
                stalled_after=options.stalled_after,
            )
        )
        memory = stack.enter_context(
            open_memory(
                options.embeddings,
                SummaryPolicy(options.recent_exchanges, options.recent_tokens),
                database=database,
                client=client,
                jobs=jobs,
                clock=clock,
            )
        )
        memories = memory.memories
        recent = RecentPolicy(options.recent_exchanges, options.recent_tokens)
        contexts = Contexts(database, memories, clock, recent)
        titles = Titles(database, client, jobs)
        turns = await stack.enter_async_context(
            open_turns(
                database,
                client,
                clock,
                contexts=contexts,
                generations=generations,
                memories=memories,
                titles=titles,
                find=find,
                window=options.window,
            )
        )
        speech = await stack.enter_async_context(
            open_speech(database, clock, turns=turns, generations=generations, voice=voice)
        )
        yield Chat(
            browsing=Browsing(database),
            contexts=contexts,
            conversations=ConversationBook(database, client, generations, clock),
            exports=Exports(database),
            feedback=FeedbackBook(database, clock),
            folding=Folding(database, clock, hours=options.events_hours),
            generations=generations,
            memories=memories,
            memory=memory,
            optimizer=Optimizer(database, contexts, recent),
            showing=Showing(database, contexts, client, window=options.window),
            speech=speech,
            turns=turns,
            titles=titles,
        )
