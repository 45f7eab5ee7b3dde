"""Secrets that are kept in the database: encrypted with TOKEN_KEY, and of no use to whoever has the database alone."""

from cryptography.fernet import Fernet, InvalidToken

from api.errors import NotSetUp
from api.settings import Settings
from api.settings.tmdb import MAKE_A_KEY


class Vault:
    """Encrypts and decrypts; raises NotSetUp where no key is set, or another one than before."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.token_key

    def lock(self, secret: str) -> str:
        """`secret` as it may be kept."""
        return self._fernet().encrypt(secret.encode()).decode()

    def unlock(self, kept: str) -> str:
        """What was kept."""
        try:
            return self._fernet().decrypt(kept).decode()
        except InvalidToken:
            because = "the stored token was encrypted with another TOKEN_KEY; put that back, or approve Marquee anew"
            raise NotSetUp("The stored TMDB account", "TOKEN_KEY", because) from None

    def _fernet(self) -> Fernet:
        if self._key is None:
            because = f"TOKEN_KEY is not set, and without it no token is kept; make one with: {MAKE_A_KEY}"
            raise NotSetUp("Approval on TMDB", "TOKEN_KEY", because)
        return Fernet(self._key)
