"""What the figures of a window call for, each with the figure that it follows from."""

from collections.abc import Callable

from app.insights.performance.schemas import Figures, Recommendation
from app.kit.frozen import frozen

Reading = tuple[float | None, int]
"""A figure, and of how many things it tells."""


@frozen
class Rule:
    """Holds where the figure lies beyond `threshold`: above it, or with `below` under it. A figure
    of fewer than `enough` things may be chance, and calls for nothing."""

    code: str
    figure: str
    threshold: float
    enough: int
    message: str
    read: Callable[[Figures], Reading]
    below: bool = False

    def holds(self, value: float) -> bool:
        return value < self.threshold if self.below else value > self.threshold


def recommendations(figures: Figures) -> list[Recommendation]:
    """In the order of `RULES`."""
    return [made for rule in RULES if (made := _recommendation(rule, figures)) is not None]


def _recommendation(rule: Rule, figures: Figures) -> Recommendation | None:
    value, count = rule.read(figures)
    if value is None or count < rule.enough or not rule.holds(value):
        return None
    return Recommendation(
        code=rule.code,
        message=rule.message,
        figure=rule.figure,
        value=value,
        threshold=rule.threshold,
    )


def _slow(code: str, path: str, most: float, message: str) -> Rule:
    """The slowest twentieth takes more than `most` milliseconds."""
    *groups, name = path.split(".")

    def read(figures: Figures) -> Reading:
        times = getattr(figures.latency if groups else figures, name)
        return times.p95, times.count

    return Rule(code, f"{path}.p95", most, 20, message, read)


def _often(code: str, notice: str, most: float, message: str) -> Rule:
    """More than this share of the answers had such a notice."""

    def read(figures: Figures) -> Reading:
        return figures.notices[notice].share, figures.throughput.generations

    return Rule(code, f"notices.{notice}.share", most, 20, message, read)


RULES: tuple[Rule, ...] = (
    Rule(
        "HIGH_ERROR_RATE",
        "errors.rate",
        0.05,
        20,
        "Answers fail too often: see errors.by_code for why, and put another provider's model into "
        "the chain.",
        lambda figures: (figures.errors.rate, figures.errors.ended),
    ),
    _often(
        "ALL_MODELS_DOWN",
        "CACHED_ANSWER",
        0.01,
        "Earlier answers are repeated since no model of the chain can be reached: put a model of "
        "another provider, or a local one, into it.",
    ),
    _often(
        "FALLBACK_OFTEN",
        "FALLBACK",
        0.1,
        "Another model than the first choice answers too often: see in the ledger why the first "
        "one fails, or make another one the first.",
    ),
    _often(
        "CHEAPER_OFTEN",
        "CHEAPER",
        0.05,
        "A model from outside of the chain has to help out: all of the chain are busy, so lengthen "
        "it or raise the limits at its providers.",
    ),
    _often(
        "RATE_LIMITED",
        "WAITED",
        0.1,
        "Models make the service wait: raise the limit at the provider, or share the work between "
        "more of them.",
    ),
    _often(
        "CONTEXT_TOO_LARGE",
        "COMPRESSED",
        0.1,
        "Contexts are made smaller for the model that answers: take a model with a larger window, "
        "or keep fewer exchanges verbatim.",
    ),
    _often(
        "MEMORY_AWAY",
        "MEMORY_UNAVAILABLE",
        0.01,
        "Answers are given without what is remembered: see whether the model for vectors can be "
        "reached.",
    ),
    _slow(
        "SLOW_FIRST_TOKEN",
        "first_token",
        3000,
        "The first word comes late: take a faster model, or one that is nearer.",
    ),
    _slow(
        "SLOW_MODEL",
        "latency.model",
        20_000,
        "Models take long: take a faster one, or ask for shorter answers.",
    ),
    _slow(
        "SLOW_SPEECH_TO_TEXT",
        "latency.speech_to_text",
        1000,
        "What is heard takes long to become text: take a faster recogniser.",
    ),
    _slow(
        "SLOW_TEXT_TO_SPEECH",
        "latency.text_to_speech",
        1000,
        "Sentences take long to become sound: take a faster voice.",
    ),
    _slow(
        "SLOW_END_TO_END",
        "latency.end_to_end",
        3000,
        "Who speaks waits long for the first sound: see which of speech_to_text, first_token and "
        "text_to_speech takes the most.",
    ),
    Rule(
        "LOW_CACHE_HIT_RATE",
        "cache.hit_rate",
        0.05,
        100,
        "Few of the calls that want the cache find their answer there: it may be too small, keep "
        "answers too briefly, or the questions may not repeat.",
        lambda figures: (
            figures.cache.hit_rate,
            figures.cache.hits + figures.cache.misses,
        ),
        below=True,
    ),
    Rule(
        "UNKNOWN_PRICES",
        "cost.unpriced_calls",
        0,
        1,
        "Calls of unknown price are missing in the cost: find prices out by `discover`.",
        lambda figures: (figures.cost.unpriced_calls, figures.cost.unpriced_calls),
    ),
    Rule(
        "LOW_RELEVANCE",
        "relevance.mean",
        0.3,
        20,
        "What is recalled lies far from what is asked: recall by meaning where it goes by words, "
        "or tidy the memories up.",
        lambda figures: (figures.relevance.mean, figures.relevance.count),
        below=True,
    ),
    Rule(
        "FEW_THUMBS_UP",
        "satisfaction.up_share",
        0.7,
        10,
        "People don't like the answers: read what they wrote, and try another model or template.",
        lambda figures: (
            figures.satisfaction.up_share,
            figures.satisfaction.up + figures.satisfaction.down,
        ),
        below=True,
    ),
    Rule(
        "LOW_RATING",
        "satisfaction.mean_rating",
        3.5,
        10,
        "People rate the answers low: read what they wrote, and try another model or template.",
        lambda figures: (figures.satisfaction.mean_rating, figures.satisfaction.ratings),
        below=True,
    ),
)
