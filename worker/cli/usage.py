"""Mistakes in the command itself that Typer explains poorly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer._click.exceptions import NoSuchOption
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Context


class Commands(TyperGroup):
    """A command with commands under it."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read what stands before the command's name; options of commands do not."""
        given = [*args]
        try:
            return super().parse_args(ctx, args)
        except NoSuchOption as error:
            name = next((word for word in given if word in self.commands), None)
            if name is not None and not error.possibilities:
                option = error.option_name
                error.message = f"{option} belongs behind the command: `{ctx.command_path} {name} ... {option}`"
            raise
