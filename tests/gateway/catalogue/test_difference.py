"""What a listing changes."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.gateway.catalogue.discovery.difference import Difference, Known
from app.llm import ModelFacts, ModelRef, Prices

IDS = st.frozensets(st.sampled_from("abcdef"))
PRICES = st.builds(Prices, st.none() | st.sampled_from([Decimal(0), Decimal(1)]))
PRICED = st.dictionaries(st.sampled_from("abcdef"), PRICES)


@given(IDS, IDS, PRICED, PRICED)
def test_every_model_is_in_at_most_one_part(
    models: frozenset[str],
    retired: frozenset[str],
    before: dict[str, Prices],
    now: dict[str, Prices],
) -> None:
    known = Known(
        models, retired & models, {each: before[each] for each in before if each in models}
    )
    listed = tuple(ModelFacts(ModelRef("p", model), prices=prices) for model, prices in now.items())
    found = Difference.of(known, listed)
    assert found.added == now.keys() - models
    assert found.returned == known.retired & now.keys()
    active_before = models - known.retired
    active_after = (active_before | found.added | found.returned) - found.retired
    assert active_after == now.keys()
    assert found.repriced == {each: now[each] for each in now if now[each] != known.price(each)}


@given(PRICED)
def test_the_same_list_again_changes_nothing(now: dict[str, Prices]) -> None:
    listed = tuple(ModelFacts(ModelRef("p", model), prices=prices) for model, prices in now.items())
    found = Difference.of(Known(frozenset(now), frozenset(), now), listed)
    assert found == Difference(frozenset(), frozenset(), frozenset(), {})
