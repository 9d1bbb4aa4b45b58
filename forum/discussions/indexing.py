"""Registers what this feature contributes to the others."""


def register() -> None:
    pass
