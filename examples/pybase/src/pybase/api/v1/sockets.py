"""A WebSocket that tells what happens in a table."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect, status

from pybase.activity import active
from pybase.api.v1.access import require_table
from pybase.auth import owner_of
from pybase.database import session
from pybase.live import live

router = APIRouter(tags=["live"])
_PATIENCE = 10  # seconds to say who one is


@router.websocket("/tables/{table_id}/live")
async def listen(socket: WebSocket, table_id: int) -> None:
    """The first message is the token; then news of records and uploads arrive as JSON until one
    side closes.
    """
    await socket.accept()
    try:
        token = await asyncio.wait_for(socket.receive_text(), _PATIENCE)
        user_id = await asyncio.to_thread(_welcome, token, table_id)
    except (TimeoutError, HTTPException):
        await socket.close(status.WS_1008_POLICY_VIOLATION)
        return
    except WebSocketDisconnect:
        return
    live.join(table_id, socket)
    try:
        await socket.send_json({"listening": table_id})
        while True:
            await socket.receive_text()
            active.saw(user_id)
    except WebSocketDisconnect:
        return
    finally:
        live.leave(table_id, socket)


def _welcome(token: str, table_id: int) -> int:
    """Id of the token's owner. Raises HTTPException unless the table is theirs."""
    user_id = owner_of(token)
    if user_id is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    with session() as database:
        require_table(database, table_id, user_id)
    active.saw(user_id)
    return user_id
