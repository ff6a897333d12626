"""The corpus that ships with the benchmark gets shorter, and says the same."""

import re
from dataclasses import replace

import pytest

from app.llm.compression import LOSSLESS
from bench.compression import TARGET, Document, Result, compressed, compression, corpus, rows, saved

RESULTS = compressed(corpus())


def test_saves_enough() -> None:
    before, after = saved(saving for result in RESULTS for saving in result.savings)
    assert 1 - after / before >= TARGET


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.document.name)
def test_loses_nothing(result: Result) -> None:
    assert result.lost == set()


@pytest.mark.parametrize("document", corpus(), ids=lambda document: document.name)
def test_facts_are_in_the_original(document: Document) -> None:
    texts, facts = "\n".join(document.texts), document.facts
    assert len(facts) >= 4
    assert [fact for fact in facts if fact not in texts] == []


def test_what_is_lost_would_be_noticed() -> None:
    result = next(r for r in RESULTS if r.document.name == "code-sql")
    assert "'%--test%'" in "".join(result.left)
    without = [text.replace("'%--test%'", "''") for text in result.left]
    assert replace(result, left=without).lost == {"'%--test%'"}
    without = [re.sub("1,204|Tomasz|Europe", "", text) for text in result.left]
    assert replace(result, left=without).lost >= {"1,204.50", "Europe", "USD 1,204.50"}


def test_every_kind_and_strategy_is_told() -> None:
    told = [(kind, strategy) for kind, strategy, _, _ in rows(RESULTS)]
    kinds = ("code", "support", "transcript", "all")
    assert told == [(kind, name) for kind in kinds for name in (*LOSSLESS, "all")]


async def test_the_figures_are_met() -> None:
    assert [figure.met for figure in await compression() if figure.target] == [True, True]
