from tests.factories.argon2 import cheap_argon2

__all__ = ["cheap_argon2"]
