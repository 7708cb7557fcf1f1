"""The committed contract is the one that the code makes."""

from pathlib import Path

from registration.api.schema import SUBGRAPH
from registration.messages.published import PUBLISHED

COMMITTED = Path(__file__).parents[3] / "services/registration/schema.graphql"
PERSONAL = {"name", "id_number", "phone", "sealed", "id_index", "residence", "reason"}


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text().strip() == SUBGRAPH.sdl.strip(), "python -m registration schema > schema.graphql"


def test_no_event_about_a_person_has_a_field_for_personal_data() -> None:
    for fact, model in PUBLISHED.items():
        if fact.startswith(("member-", "registration-", "roster-")):
            assert not PERSONAL & set(model.model_fields), fact


def test_every_recorded_fact_is_published() -> None:
    source = Path(__file__).parents[3] / "services/registration/src/registration"
    text = "".join(file.read_text() for part in ("domain", "use_cases") for file in (source / part).glob("*.py"))

    for fact in PUBLISHED:
        assert f'"{fact}"' in text, f"{fact} is never recorded"
