"""docs/figures.md says what the code declares."""

from pathlib import Path

from evaluation.domain.figures import FIGURES

PAGE = (Path(__file__).parents[3] / "docs" / "figures.md").read_text()


def test_the_page_has_every_figure_under_its_names() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in PAGE.splitlines() if line.startswith("| `")]

    assert rows == [[f"`{figure.id.value}`", figure.name.zh, figure.name.en] for figure in FIGURES.values()]
