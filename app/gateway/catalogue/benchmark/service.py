"""Finds out how good and how fast models are, by asking them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from app.accounts import DEFAULT_TENANT
from app.db import EVERY_TENANT, Database
from app.errors import InvalidInput
from app.gateway.catalogue.benchmark.candidates import choose
from app.gateway.catalogue.benchmark.measured import Measured, Summary, measure
from app.gateway.catalogue.benchmark.repository import Results
from app.gateway.catalogue.benchmark.trials import Trial, conduct
from app.gateway.catalogue.discovery import Discovery, Progress
from app.gateway.catalogue.live import CatalogueFeed
from app.gateway.catalogue.models import BenchmarkRow
from app.kit.clock import Clock
from app.kit.frozen import frozen
from app.kit.ids import new_id
from app.llm import LLMClient, ModelRef, Task, exercises


@frozen
class Plan:
    """`top` models of each provider; without `providers`, of all that are configured; without
    `tasks`, at all there are. With `free` no model is asked that may cost something; None asks
    free ones first, False takes no care of it. `seconds` are for all of it."""

    tenant_id: str
    top: int = 3
    providers: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    free: bool | None = None
    seconds: float = 180.0

    @classmethod
    def of(
        cls,
        top: int,
        providers: Iterable[str],
        tasks: Iterable[str],
        *,
        free: bool | None,
        tenant_id: str = DEFAULT_TENANT,
    ) -> "Plan":
        """Raises `InvalidInput` when there are no exercises for one of `tasks`."""
        known = tuple(exercises())
        for task in tasks:
            if task not in known:
                raise InvalidInput(f"tasks should be of {', '.join(known)}, got {task[:50]!r}")
        return cls(
            tenant_id,
            top,
            tuple(dict.fromkeys(providers)),
            tuple(Task(task) for task in dict.fromkeys(tasks)),
            free,
        )


@frozen
class LeftOut:
    """A provider without a model that could be asked."""

    provider: str
    reason: str


@frozen
class BenchmarkReport:
    results: tuple[BenchmarkRow, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def failed(self) -> bool:
        """Whether models were asked, and none answered."""
        return bool(self.results) and not any(row.answered for row in self.results)


class Benchmark:
    def __init__(
        self, database: Database, client: LLMClient, feed: CatalogueFeed, discovery: Discovery
    ) -> None:
        self._database = database
        self._client = client
        self._feed = feed
        self._discovery = discovery

    async def run(self, plan: Plan, progress: Progress | None = None) -> BenchmarkReport:
        """A model that doesn't answer is a result like any other.

        Raises `ProviderDisabled` when one of the providers isn't configured.
        """
        providers = self._providers(plan)
        models = await self._models(plan, providers)
        trials = _trials(models, plan.tasks or tuple(exercises()))
        await self._conduct(trials, plan, progress)
        rows = tuple(_rows(trials, self._feed.clock))
        await self._keep(rows)
        return BenchmarkReport(rows, tuple(_left_out(providers, models, plan)))

    def _providers(self, plan: Plan) -> tuple[str, ...]:
        for provider in plan.providers:
            self._client.base_url(provider)
        return plan.providers or self._client.configured()

    async def _models(self, plan: Plan, providers: tuple[str, ...]) -> tuple[ModelRef, ...]:
        """A provider that has none in the catalogue may never have been asked."""
        models = choose(self._feed.catalogue, providers, plan.top, free=plan.free)
        if {ref.provider for ref in models} != set(providers):
            await self._discovery.run()
            models = choose(self._feed.catalogue, providers, plan.top, free=plan.free)
        return models

    async def _conduct(
        self, trials: Sequence[Trial], plan: Plan, progress: Progress | None
    ) -> None:
        count = 0

        async def put(trial: Trial) -> Measured:
            return await measure(
                self._client,
                trial.ref,
                trial.exercise,
                tenant_id=plan.tenant_id,
                free_only=plan.free is True,
            )

        def done(trial: Trial) -> None:
            nonlocal count
            count += 1
            if progress is not None:
                progress(f"{trial.ref} {trial.task}", count, len(trials))

        await conduct(trials, put, done, seconds=plan.seconds)

    async def _keep(self, rows: Sequence[BenchmarkRow]) -> None:
        async with self._database.begin(EVERY_TENANT) as unit:
            await Results(unit).add(rows)
            await self._feed.announce(unit)
        await self._feed.load()


def _trials(models: Sequence[ModelRef], tasks: Sequence[Task]) -> list[Trial]:
    return [
        Trial(ref, task, exercise)
        for ref in models
        for task in tasks
        for exercise in exercises()[task]
    ]


def _rows(trials: Sequence[Trial], clock: Clock) -> Iterator[BenchmarkRow]:
    """One for each model and task."""
    results: dict[tuple[ModelRef, Task], list[Measured]] = {}
    for trial in trials:
        results.setdefault((trial.ref, trial.task), []).append(trial.result)
    now = clock()
    for (ref, task), measured in results.items():
        yield BenchmarkRow(
            id=new_id(),
            provider=ref.provider,
            model=ref.model,
            task=task,
            at=now,
            **asdict(Summary.of(measured)),
        )


def _left_out(
    providers: Sequence[str], models: Sequence[ModelRef], plan: Plan
) -> Iterator[LeftOut]:
    kind = "free chat model" if plan.free else "chat model"
    asked = {ref.provider for ref in models}
    for provider in providers:
        if provider not in asked:
            yield LeftOut(provider, f"the catalogue has no active {kind} of it")
