"""Who asks: accounts, passwords and bearer tokens."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from pybase import cache
from pybase.activity import active
from pybase.database import session
from pybase.models import Token, User

_TOKEN_SECONDS = 300  # how long the cache spares a look into the database
_bearer = HTTPBearer(auto_error=False)


def hashed(password: str) -> str:
    """scrypt of the password with a salt of its own, as `salt:hash` in hex."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(password, salt).hex()}"


def matches(password: str, stored: str) -> bool:
    """Whether the password is the one that was hashed."""
    salt, _, expected = stored.partition(":")
    return secrets.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), expected)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_of(token: str) -> int | None:
    """Id of the user the token was given to, None for a token of nobody."""
    key = f"token:{digest(token)}"
    known: int | None = cache.shared().get(key)
    if known is None:
        with session() as database:
            known = database.scalar(select(Token.user_id).where(Token.digest == digest(token)))
        if known is not None:
            cache.shared().set(key, known, _TOKEN_SECONDS)
    return known


def new_token(user_id: int) -> str:
    """A token for the user; only its digest is kept."""
    token = secrets.token_urlsafe(32)
    with session() as database:
        database.add(Token(digest=digest(token), user_id=user_id))
    return token


def signed_in(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> int:
    """Id of the user who asks; 401 without a token that is somebody's."""
    user_id = owner_of(given.credentials) if given else None
    if user_id is None:
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED, "a bearer token is needed", {"WWW-Authenticate": "Bearer"}
        )
    active.saw(user_id)
    return user_id


UserId = Annotated[int, Depends(signed_in)]


def find_user(email: str) -> User | None:
    """The account with this address."""
    with session() as database:
        return database.scalar(select(User).where(User.email == email))
