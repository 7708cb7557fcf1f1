"""Somebody acting."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """The subject signed in, and the members that this subject is (mostly one; none for officials)."""

    subject: str
    member_ids: frozenset[str] = frozenset()
