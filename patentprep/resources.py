"""Find and strictly load the files under ``checklists/`` and ``data/``.

Every scalar is loaded as the string that was written: plain YAML would turn office NO into false and section 6.10
into 6.1, and keep the last of two equal keys without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from patentprep.errors import ChecklistError


def folder(name: str) -> Path:
    """The folder ``checklists`` or ``data``: inside an installed package, else beside it in a checkout."""
    package = Path(str(resources.files("patentprep")))
    bundled = package / "_bundled" / name
    return bundled if bundled.exists() else package.parent / name


@dataclass(frozen=True, slots=True)
class Where:
    """A place in one of our data files, for error messages."""

    file: str
    line: int

    def error(self, problem: str) -> ChecklistError:
        return ChecklistError(file=self.file, line=self.line, problem=problem)


class Block(dict[str, Any]):
    """A YAML mapping that remembers where each key stands and refuses what it does not know."""

    def __init__(self, where: Where, lines: dict[str, int]) -> None:
        super().__init__()
        self.where = where
        self.lines = lines

    def at(self, key: str) -> Where:
        return Where(self.where.file, self.lines.get(key, self.where.line))

    def expect(self, required: set[str], optional: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """Raise ChecklistError when a key is missing or unknown."""
        for key in self:
            if key not in required | optional:
                raise self.at(key).error(f"unknown key {key!r}; known here: {', '.join(sorted(required | optional))}")
        for key in sorted(required - self.keys()):
            raise self.where.error(f"key {key!r} is missing")

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.at(key).error(f"{key!r} must be a non-empty text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.at(key).error(f"{key!r} must be a list of texts")
        return tuple(value)

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.at(key).error(f"{key!r} is {value!r}; allowed: {', '.join(allowed)}")
        return value

    def block(self, key: str) -> Block:
        value = self.get(key)
        if not isinstance(value, Block):
            raise self.at(key).error(f"{key!r} must be a mapping")
        return value

    def blocks(self, key: str) -> tuple[Block, ...]:
        value = self.get(key)
        if not isinstance(value, list) or not all(isinstance(item, Block) for item in value):
            raise self.at(key).error(f"{key!r} must be a list of mappings")
        return tuple(value)


def load_yaml(path: Path) -> Block:
    """Load one YAML file as nested Blocks, lists and strings. Raises ChecklistError with file and line."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Where(path.name, line).error(str(error.problem)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Where(path.name, 1).error("the file holds bytes that are no readable text; save it as UTF-8") from error
    value = _convert(root, path.name, yaml)
    if not isinstance(value, Block):
        raise Where(path.name, 1).error("the file must be a mapping")
    return value


def _convert(node: Any, file: str, yaml: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, file, yaml) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return None
    block = Block(Where(file, node.start_mark.line + 1), {})
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in block:
            raise Where(file, line).error(f"key {key!r} stands twice (first on line {block.lines[key]})")
        block.lines[key] = line
        block[key] = _convert(value_node, file, yaml)
    return block


def files(folder_name: str, pattern: str) -> Iterator[Path]:
    """Files of a bundled folder in a stable order."""
    yield from sorted(folder(folder_name).glob(pattern))
