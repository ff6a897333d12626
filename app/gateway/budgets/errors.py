from app.errors import NotFound


class BudgetNotFound(NotFound):
    """There is no budget of that name."""

    code = "BUDGET_NOT_FOUND"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no budget '{name}'")
