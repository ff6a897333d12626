"""Makes figures of what was tally. Nothing is divided by nothing: what can't be told is None."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.chat import NoticeCode
from app.insights.performance.schemas import (
    Cache,
    Cost,
    Distribution,
    Errors,
    Figures,
    Latency,
    Notices,
    Relevance,
    Satisfaction,
    Throughput,
    Tokens,
)
from app.kit.money import to_micro

Row = Mapping[str, Any]
WHOLE = None
"""The bin of the whole window."""

_NOTHING: Row = defaultdict(int)


class Tally:
    """What was measured in a window: every row is of one bin, a step's number or `WHOLE`."""

    def __init__(
        self,
        generations: Sequence[Row],
        calls: Sequence[Row],
        timings: Sequence[Row],
        feedback: Sequence[Row],
        codes: Sequence[Row],
    ) -> None:
        self._generations, self._calls, self._feedback = map(
            _by_bin, (generations, calls, feedback)
        )
        self._timings = {(row["bin"], row["part"]): row for row in timings}
        self._codes: dict[tuple[int | None, str], dict[str, int]] = defaultdict(dict)
        for row in sorted(codes, key=lambda row: str(row["code"])):
            self._codes[row["bin"], row["kind"]][row["code"]] = row["count"]

    def figures(self, number: int | None, hours: float) -> Figures:
        """Of one bin, which is so many hours long."""
        answers = self._generations.get(number, _NOTHING)
        calls = self._calls.get(number, _NOTHING)
        return Figures(
            latency=self._latency(number, answers, calls),
            first_token=_distribution(answers, "first_token_"),
            tokens=_tokens(answers, calls, hours),
            cost=_cost(calls, hours),
            cache=Cache(
                hits=calls["hits"],
                misses=calls["misses"],
                hit_rate=share(calls["hits"], calls["hits"] + calls["misses"]),
            ),
            errors=Errors(
                failed=answers["failed"],
                ended=answers["ended"],
                rate=share(answers["failed"], answers["ended"]),
                by_code=self._codes.get((number, "error"), {}),
            ),
            notices=_notices(self._codes.get((number, "notice"), {}), answers["generations"]),
            throughput=Throughput(
                generations=answers["generations"],
                generations_per_minute=round(answers["generations"] / (hours * 60), 6),
                tokens_per_second=round(int(calls["completion_tokens"]) / (hours * 3600), 6),
            ),
            relevance=Relevance(
                count=answers["relevance_count"],
                mean=_rounded(answers.get("relevance_mean"), 6),
            ),
            satisfaction=_satisfaction(self._feedback.get(number, _NOTHING)),
        )

    def _latency(self, number: int | None, answers: Row, calls: Row) -> Latency:
        spoken = {
            part: _distribution(self._timings.get((number, part), _NOTHING))
            for part in ("speech_to_text", "text_to_speech", "end_to_end")
        }
        return Latency(
            model=_distribution(calls, "model_"), answer=_distribution(answers, "answer_"), **spoken
        )


def share(part: int, whole: int) -> float | None:
    """None of nothing."""
    return round(part / whole, 6) if whole else None


def _by_bin(rows: Iterable[Row]) -> dict[int | None, Row]:
    return {row["bin"]: row for row in rows}


def _distribution(row: Row, prefix: str = "") -> Distribution:
    p50, p95, p99 = row.get(f"{prefix}percentiles") or (None, None, None)
    return Distribution(
        count=row[f"{prefix}count"],
        mean=_rounded(row.get(f"{prefix}mean"), 3),
        p50=_rounded(p50, 3),
        p95=_rounded(p95, 3),
        p99=_rounded(p99, 3),
    )


def _tokens(answers: Row, calls: Row, hours: float) -> Tokens:
    prompt, completion = int(calls["prompt_tokens"]), int(calls["completion_tokens"])
    saved = int(answers["saved"])
    return Tokens(
        prompt=prompt,
        completion=completion,
        per_hour=round((prompt + completion) / hours, 3),
        saved=saved,
        saved_share=share(saved, saved + int(answers["sent"])),
    )


def _cost(calls: Row, hours: float) -> Cost:
    usd = Decimal(calls["cost"])
    per_hour = to_micro(usd / Decimal(hours))
    return Cost(usd=usd, usd_per_hour=per_hour, unpriced_calls=calls["unpriced"])


def _notices(counts: Mapping[str, int], generations: int) -> dict[str, Notices]:
    """Of every code that there is, so that none that never came is missed."""
    codes = dict.fromkeys([*map(str, NoticeCode), *counts])
    return {
        code: Notices(count=counts.get(code, 0), share=share(counts.get(code, 0), generations))
        for code in codes
    }


def _satisfaction(row: Row) -> Satisfaction:
    up, down = row["up"], row["down"]
    return Satisfaction(
        count=row["count"],
        up=up,
        down=down,
        up_share=share(up, up + down),
        ratings=row["ratings"],
        mean_rating=_rounded(row.get("mean_rating"), 3),
    )


def _rounded(value: Decimal | float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)
