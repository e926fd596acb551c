"""A channel's `template`: the subscriber's own words. What may stand in one, and that it can be read."""

from __future__ import annotations

from config.refusing import refuse


def template_text(text: str) -> str:
    """Check a template as far as that goes without a message: its syntax, its names, and that a sample can be told."""
    from config.sandbox import TemplateFault, compiled, rendered  # noqa: PLC0415 - jinja2 only where there is one
    from config.template_values import SAMPLE  # noqa: PLC0415

    try:
        rendered(compiled(text), SAMPLE)
    except TemplateFault as fault:
        refuse(str(fault).replace("{given}", "{ given }"))
    return text
