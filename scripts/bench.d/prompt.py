"""What a person waits for at the prompt."""

from collections.abc import Iterator

from measure import Place, Row, import_typer

REFERENCE = 'python -c "import typer"'


def start(place: Place) -> Iterator[Row]:
    """`orin --help` against the import of typer alone."""
    took, reference = place.in_turn([place.command("--help"), import_typer()])
    yield _row("start: orin --help", took, reference, 1.5)


def client(place: Place) -> Iterator[Row]:
    """A command that asks a warm host."""
    with place.workspace() as there:
        took, reference = there.in_turn([there.command("project", "list"), import_typer()])
    yield _row("client: orin project list", took, reference, 2.0)


def _row(name: str, took: float, reference: float, target: float) -> Row:
    return Row(
        name=name,
        value=took * 1000,
        unit="ms",
        ratio=took / reference,
        reference=f"{REFERENCE}, {reference * 1000:.0f} ms",
        target=f"ratio ≤ {target:g}",
        ok=took / reference <= target,
    )
