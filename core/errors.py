"""The refusals of the core, said by key so that no layer below composes user-facing text."""

from collections.abc import Sequence


class DomainError(Exception):
    """A refusal with a text of its own: `key` names the template, `params` fill it."""

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        """The key only: the params may hold what a member wrote and must not reach a log."""
        return self.key


class Several(DomainError):
    """What was meant must be asked back: `options` are what may stand in the place of `word`, or be added where
    `word` is empty. The door says them numbered, and a number is an answer (interfaces §2)."""

    def __init__(self, key: str, /, word: str, options: Sequence[str], **params: object) -> None:
        super().__init__(key, word=word, **params)
        self.word, self.options = word, tuple(options)
