"""Reconciliations that were killed on their way, or took too long."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from registration.domain.reconciliations import Scope
from registration.storage.collections import BEGUN_RECONCILIATIONS, RECONCILED_LINES
from registration.storage.personal import held_about
from registration.use_cases.keep_reconciliation import (
    Reconcile,
    finish_reconciliation,
    give_up_reconciliations,
    keep_lines,
)
from registration.use_cases.reconcile import reconcile_scope
from servicekit.domain import NotFound
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database

from tests.registration.reconciling import decide, listed_paper, reconcile, residual
from tests.registration.samples import COUNTY, SUBDISTRICT, csv_file, person
from tests.registration.town import Town

A_DAY = 24 * 3600 * 1000


async def _a_day_later(database: Database) -> None:
    await database[BEGUN_RECONCILIATIONS].update_many({}, [{"$set": {"begun_at": {"$subtract": ["$begun_at", A_DAY]}}}])


async def _reconcile_but(
    app: FastAPI, scope: Scope, step: Callable[..., Any], meanwhile: Callable[[], Awaitable[None]]
) -> None:
    """Reconcile a scope; something happens just before a step of it."""
    running = app.state.running

    async def run(use_case: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if use_case is step:
            await meanwhile()
        return await running.commands.run(use_case, *args, **kwargs)

    vault = running.resources[Vault]
    await reconcile_scope(running.database, run, Reconcile(scope), vault, lambda _target: None)


async def _killed() -> None:
    raise ConnectionResetError


async def test_a_reconciliation_that_was_broken_off_is_never_seen_and_given_up_after_a_day(
    town: Town, app: FastAPI, database: Database
) -> None:
    unit = await town.register_unit()
    member, _ = await town.staff(unit, 2)
    run = app.state.running.commands.run

    with pytest.raises(ConnectionResetError):
        await _reconcile_but(app, Scope(unit=unit), finish_reconciliation, _killed)

    assert await database[RECONCILED_LINES].count_documents({}) == 2
    assert await residual(town, unit) == []
    assert (await held_about(database, member, ""))[RECONCILED_LINES] == []
    assert await run(give_up_reconciliations) == 0
    await _a_day_later(database)
    assert [await run(give_up_reconciliations) for _ in range(3)] == [1, 1, 0]
    assert await database[RECONCILED_LINES].count_documents({}) == 0
    assert await database[BEGUN_RECONCILIATIONS].count_documents({}) == 0


async def test_a_reconciliation_that_was_broken_off_names_nobody_for_a_paper(town: Town, app: FastAPI) -> None:
    unit = await town.register_unit()
    await town.roster(unit, csv_file([person(1, "王芳", "13800000001")]))
    (alike,) = await town.members(unit)
    paper = await listed_paper(town, "王方")

    with pytest.raises(ConnectionResetError):
        await _reconcile_but(app, Scope(division=COUNTY), finish_reconciliation, _killed)
    before = await decide(town, paper, alike["id"], "SUBDISTRICT_ADMIN", SUBDISTRICT)
    await reconcile(town, division=COUNTY)
    after = await decide(town, paper, alike["id"], "SUBDISTRICT_ADMIN", SUBDISTRICT)

    assert (before["__typename"], after["__typename"]) == ("NotACandidate", "Paper")


@pytest.mark.parametrize("step", [keep_lines, finish_reconciliation])
async def test_a_reconciliation_that_was_given_up_goes_no_further(
    town: Town, app: FastAPI, database: Database, step: Callable[..., Any]
) -> None:
    unit = await town.register_unit()
    await town.staff(unit, 1)
    run = app.state.running.commands.run

    async def longer_than_a_day() -> None:
        await _a_day_later(database)
        await run(give_up_reconciliations)

    with pytest.raises(NotFound):
        await _reconcile_but(app, Scope(unit=unit), step, longer_than_a_day)

    assert await residual(town, unit) == []
    while await run(give_up_reconciliations):
        pass
    assert await database[RECONCILED_LINES].count_documents({}) == 0
