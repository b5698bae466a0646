"""The search index: words of a record's fields."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pybase.models import Record, Term

_WORD = re.compile(r"[^\W_]{2,60}")


def words(record: Record) -> set[str]:
    """The words of all values, in lower case."""
    text = " ".join(str(value) for value in record.fields.values())
    return set(_WORD.findall(text.lower()))


def index(database: Session, records: Iterable[Record]) -> int:
    """Puts the records' words into the index in place of what it had of them. Returns how many
    words.
    """
    found = list(records)
    database.execute(delete(Term).where(Term.record_id.in_([record.id for record in found])))
    terms = [
        Term(term=word, record_id=record.id) for record in found for word in sorted(words(record))
    ]
    database.add_all(terms)
    return len(terms)


def find(database: Session, query: str, table_ids: Iterable[int]) -> list[Record]:
    """Records of these tables that hold every word of the query, at most 50."""
    wanted = set(_WORD.findall(query.lower()))
    hits = (
        select(Term.record_id)
        .where(Term.term.in_(wanted))
        .group_by(Term.record_id)
        .having(func.count() == len(wanted))
    )
    asked = (
        select(Record)
        .where(Record.id.in_(hits), Record.table_id.in_(list(table_ids)))
        .order_by(Record.id)
        .limit(50)
    )
    return list(database.scalars(asked)) if wanted else []
