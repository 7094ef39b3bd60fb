"""The refusals of the core, said by key so that no layer below composes user-facing text."""


class DomainError(Exception):
    """A refusal with a text of its own: `key` names the template, `params` fill it."""

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        """The key only: the params may hold what a member wrote and must not reach a log."""
        return self.key
