"""A secret that two sides share: it proves who speaks, and never shows itself."""

from base64 import b64decode, b64encode
from typing import Any, Final, Self

import attrs

from freezecase.core.checked import refuse

__all__ = ["Secret"]

_PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_TAKES: Final = f"{_SHORTEST} to {_LONGEST} random bytes"


def _long_enough(_secret: Any, _field: Any, key: Any) -> None:
    if not isinstance(key, bytes) or not _SHORTEST <= len(key) <= _LONGEST:
        raise refuse("Secret.key", "...", f"it takes {_TAKES}")


@attrs.frozen
class Secret:
    """
    24 to 64 random bytes, as Standard Webhooks has them; printing it prints nothing of it.

    Raises:
        InvalidValue: they are too few or too many; what was given is not repeated.

    """

    key: bytes = attrs.field(repr=False, validator=_long_enough)

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Return the secret that is written as `whsec_` and base64, padded or not.

        Raises:
            InvalidValue: it is not written like that; what was given is not repeated.

        """
        body = text.removeprefix(_PREFIX).rstrip("=")
        try:
            key = b64decode(body + "=" * (-len(body) % 4), validate=True)
        except ValueError:  # what is no base64, and what is no ASCII
            raise refuse("Secret", "...", f"it takes `{_PREFIX}` and {_TAKES} in base64") from None
        return cls(key)

    def spelt(self) -> str:
        """Return it as `whsec_` and base64, to be handed to the other side."""
        return _PREFIX + b64encode(self.key).decode()
