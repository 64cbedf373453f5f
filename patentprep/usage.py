"""What the command line says of itself in Chinese: the help texts, and what argparse says of wrong usage.

The English words stand in the code; ``data/usage.yaml`` holds the Chinese ones. What it does not know stays English.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import cache

from patentprep.resources import folder, load_yaml


def put_in_chinese(parser: argparse.ArgumentParser) -> None:
    """Translate the help of a parser and of all its commands."""
    for one in _with_commands(parser):
        one.formatter_class = _Formatter
        one.description, one.epilog = _said(one.description), _said(one.epilog)
        for group in one._action_groups:
            group.title, group.description = _said(group.title), _said(group.description)
        for action in one._actions:
            action.help = _said(action.help)
            if isinstance(action, argparse._SubParsersAction):
                for command in action._choices_actions:
                    command.help = _said(command.help)


def mistake(message: str) -> str:
    """What argparse says of wrong usage, in Chinese."""
    for pattern, words in _tables()[1]:
        if match := pattern.fullmatch(message):
            return match.expand(words)
    return message


def texts(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Everything that the help of a parser and of its commands says, in English."""
    for one in _with_commands(parser):
        said = [one.description, one.epilog]
        said += [text for group in one._action_groups for text in (group.title, group.description)]
        said += [action.help for action in one._actions]
        yield from (text for text in said if text and text != argparse.SUPPRESS)


def known(text: str) -> bool:
    """Whether there are Chinese words for a text."""
    return _said(text) != text


def _with_commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.values()


def _said(text: str | None) -> str | None:
    words = _tables()[0]
    if not text or text in words:
        return words[text] if text else text
    plain = text[0].lower() + text[1:].removesuffix(".")  # the description of a command is its line in the list
    return f"{words[plain]}。" if plain in words else text


@cache
def _tables() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    root = load_yaml(folder("data") / "usage.yaml")
    words = {block.text("en"): block.text("zh") for block in root.blocks("texts")}
    mistakes = tuple((re.compile(b.text("match"), re.DOTALL), b.text("zh")) for b in root.blocks("mistakes"))
    return words, mistakes


class _Formatter(argparse.HelpFormatter):
    """Lines of Chinese are twice as wide as their number of characters."""

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return super()._split_lines(text, max(width // 2, 11))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return super()._fill_text(text, max(width // 2, 11), indent)
