"""Right answers are right, wrong ones wrong, and nothing that is written does any harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm import Exercise, Task, exercises
from app.llm.catalogue.benchmark.expression import Unusable, evaluate
from app.llm.catalogue.benchmark.query import rows_of

RIGHT: dict[Task, list[str]] = {
    Task.CODING: [
        "y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)",
        "```python\n-(-n // k)\n```",
        "`1 2 1 3`",
        "Line 6",
    ],
    Task.DATABASE: [
        "```sql\nSELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders) "
        "ORDER BY name;\n```",
        "SELECT country, SUM(total) FROM customers c JOIN orders o ON o.customer_id = c.id "
        "GROUP BY country ORDER BY SUM(total) DESC",
        "SELECT DISTINCT total FROM orders ORDER BY total DESC LIMIT 1 OFFSET 1",
        "WITH y AS (SELECT * FROM orders WHERE substr(placed_on, 1, 4) = '2024') "
        "SELECT name, COUNT(*) FROM customers c JOIN y ON y.customer_id = c.id "
        "GROUP BY name HAVING COUNT(*) >= 2 ORDER BY name",
    ],
    Task.ANALYSIS: ["The average is 11.60.", "<think>240?</think>228", "11.5", "Anna."],
    Task.EXTRACTION: [
        '{"quantity": 250, "unit_price": 899.5, "currency": "eur", "delivery": "2026-03-14",'
        ' "payment_days": 30}',
        'Here:\n```json\n{"item":"Chair","material":"oak","quantity":35,"unit_price":60.0}\n```',
        '{"sender": "Maria Lopez", "invoice_email": "accounts@example.com",'
        ' "deputy": "Tom Reed", "phone": null}',
        '{"round": 3, "best_seller": "GadgetHub", "best_price": 39.95, "limit": 40,'
        ' "dropped_out": "MegaMart"}',
    ],
}
EVERY = [(task, number) for task, all_of in RIGHT.items() for number in range(len(all_of))]


def exercise(task: Task, number: int) -> Exercise:
    return exercises()[task][number]


def test_there_are_four_of_every_kind() -> None:
    assert {task: len(each) for task, each in exercises().items()} == dict.fromkeys(RIGHT, 4)


@pytest.mark.parametrize(("task", "number"), EVERY)
def test_a_right_answer_is_right(task: Task, number: int) -> None:
    assert exercise(task, number).mark(RIGHT[task][number]) == 1.0


@pytest.mark.parametrize(("task", "number"), EVERY)
@pytest.mark.parametrize("answer", ["", "I don't know.", "SELECT 1", "{}", "0", "y", "[1]"])
def test_a_wrong_answer_is_wrong(task: Task, number: int, answer: str) -> None:
    assert exercise(task, number).mark(answer) == 0.0


def test_half_an_extraction_is_worth_half() -> None:
    assert exercise(Task.EXTRACTION, 1).mark('{"item": "chair", "quantity": 35}') == 0.5


@given(st.text())
def test_any_answer_has_a_mark(answer: str) -> None:
    for each in exercises().values():
        for one in each:
            assert 0.0 <= one.mark(answer) <= 1.0


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getcwd()",
        "(lambda: 1)()",
        "10 ** 10 ** 10",
        "1 << 10000000000",
        "y.real",
        "[y for y in (1,)]",
        "'a' * 1000000000",
        "y // 0",
        "z",
        "(" * 250 + "1" + ")" * 250,
        "1 +" * 120,
    ],
)
def test_an_expression_can_only_compute(text: str) -> None:
    with pytest.raises(Unusable):
        evaluate(text, {"y": 1})


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "ATTACH '/tmp/x' AS x",
        "PRAGMA database_list",
        "SELECT randomblob(1000000000)",
        "SELECT load_extension('x')",
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM " + ", ".join(f"orders o{n}" for n in range(12)),
        "CREATE TABLE t (x)",
    ],
)
def test_a_query_can_only_select_and_not_for_long(query: str) -> None:
    tables = {"orders": [{"id": number} for number in range(20)]}
    assert rows_of(query, tables) is None
