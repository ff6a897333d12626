"""Tells how every provider and every model that was asked has been doing."""

from app.gateway.health.schemas import HealthReport, LatencyView, ModelHealth, ProviderHealth
from app.llm import Figures, Health, ModelRef, Percentiles


class Overview:
    def __init__(self, health: Health, providers: tuple[str, ...]) -> None:
        self._health = health
        self._providers = providers

    def report(self) -> HealthReport:
        """From what is in memory."""
        return HealthReport(
            providers=[self._provider(name) for name in self._providers],
            models=[self._model(ref) for ref in sorted(self._health, key=str)],
        )

    def _provider(self, name: str) -> ProviderHealth:
        health, figures = self._health, self._health.of_provider(name)
        return ProviderHealth(
            provider=name,
            state=health.provider_state(name),
            last_check=health.last_check(name),
            latency_ms=_latency(figures.latency_ms),
            success_rate=_rate(figures),
            error=health.away(name) or health.last_error(name),
        )

    def _model(self, ref: ModelRef) -> ModelHealth:
        health, figures = self._health, self._health.of(ref)
        return ModelHealth(
            provider=ref.provider,
            model=ref.model,
            state=health.state(ref),
            last_check=health.last_check(ref),
            latency_ms=_latency(figures.latency_ms),
            first_token_ms=_latency(figures.first_token_ms),
            success_rate=_rate(figures),
            calls=figures.count,
            cooldown_seconds=round(
                max(health.breakers.cooldown_left(ref), health.cooldowns.left(ref)), 1
            ),
            error=health.last_error(ref),
        )


def _latency(of: Percentiles | None) -> LatencyView:
    return LatencyView(p50=of.p50 if of else None, p95=of.p95 if of else None)


def _rate(figures: Figures) -> float | None:
    return None if figures.success_rate is None else round(figures.success_rate, 4)
