from app.insights.performance.recommendations import RULES
from tests.docs.pages import DOCS, Page

PAGE = Page(DOCS / "how-to" / "measure-conversations.md")


def test_the_page_has_every_rule_as_it_is() -> None:
    lines = PAGE.text.splitlines()
    head = lines.index("| Code | Figure | Holds | Of at least |")
    assert lines[head + 2 :] == [
        f"| `{rule.code}` | `{rule.figure}` | {'under' if rule.below else 'over'} "
        f"{rule.threshold:g} | {rule.enough} |"
        for rule in RULES
    ]
