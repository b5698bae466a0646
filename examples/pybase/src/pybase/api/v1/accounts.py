"""Register and sign in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, status
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError

from pybase.auth import find_user, hashed, matches, new_token
from pybase.database import session
from pybase.models import User

router = APIRouter(prefix="/auth", tags=["auth"])


class Credentials(BaseModel):
    """An address and its password."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)]
    password: Annotated[str, Field(min_length=12, max_length=200)]


class GivenToken(BaseModel):
    """Goes into the header `Authorization: Bearer ...`."""

    token: str


@router.post("/register", status_code=status.HTTP_201_CREATED)
def register(wanted: Credentials) -> GivenToken:
    """A new account; 409 where the address has one."""
    user = User(email=wanted.email.lower(), password=hashed(wanted.password))
    try:
        with session() as database:
            database.add(user)
    except IntegrityError:
        raise HTTPException(status.HTTP_409_CONFLICT, "this address has an account") from None
    return GivenToken(token=new_token(user.id))


@router.post("/token")
def sign_in(given: Credentials) -> GivenToken:
    """A token for an account; 401 for anybody else."""
    user = find_user(given.email.lower())
    if user is None or not matches(given.password, user.password):
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED, "address and password do not belong together"
        )
    return GivenToken(token=new_token(user.id))
