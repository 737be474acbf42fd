"""The commands of one noun, as a small Typer application of its own, and the options many of them share."""

from typing import Annotated

import typer


def noun(about: str) -> typer.Typer:
    """An application without colours and boxes in its help: plain help is readable anywhere, and five times faster."""
    return typer.Typer(
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
InProject = Annotated[str, typer.Option("--project", "-p", help="The project.", envvar="ORIN_PROJECT")]
