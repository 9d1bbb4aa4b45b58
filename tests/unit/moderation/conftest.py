from tests.factories.argon2 import cheap_argon2
from tests.factories.small_acts import small_acts

__all__ = ["cheap_argon2", "small_acts"]
