"""Office equations as linear text: a/b, x^2, a_{i+1}, √(x), ∑_{i=1}^{n} x_i."""

from __future__ import annotations

import re
from typing import Any

_PLAIN = re.compile(r"[\w.'′\u0300-\u036f]*")
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "˙": "\u0307", "→": "\u20d7"}


def tag_of(item: Any) -> str:
    """Local name, whatever the namespace; empty for comments and entities."""
    name = item.tag
    return name.rsplit("}", 1)[-1] if isinstance(name, str) else ""


def linear(item: Any) -> str:
    """One element of an ``m:oMath`` and all it holds."""
    tag = tag_of(item)
    if tag == "t":
        return item.text or ""
    if tag in (
        "f",
        "sSup",
        "sSub",
        "sSubSup",
        "sPre",
        "rad",
        "nary",
        "d",
        "acc",
        "bar",
        "m",
        "eqArr",
        "func",
        "limLow",
        "limUpp",
    ):
        return _BUILDERS[tag](item)
    if tag.endswith("Pr") or tag in ("del", "moveFrom"):
        return ""
    return "".join(linear(child) for child in item)


def _part(item: Any, name: str) -> str:
    return "".join(linear(child) for child in item if tag_of(child) == name).strip()


def _parts(item: Any, name: str) -> list[str]:
    return [linear(child).strip() for child in item if tag_of(child) == name]


def _property(item: Any, name: str, default: str) -> str:
    for child in item:
        if tag_of(child).endswith("Pr"):
            for entry in child:
                if tag_of(entry) == name:
                    return str(next((value for key, value in entry.attrib.items() if key.endswith("}val")), ""))
    return default


def _operand(text: str) -> str:
    return text if _PLAIN.fullmatch(text) or (text.startswith("(") and text.endswith(")")) else f"({text})"


def _script(mark: str, text: str) -> str:
    return "" if not text else f"{mark}{text}" if len(text) == 1 or text.isdigit() else f"{mark}{{{text}}}"


def _fraction(item: Any) -> str:
    above, below = _part(item, "num"), _part(item, "den")
    if _property(item, "type", "bar") == "noBar":
        return f"({above} ¦ {below})"
    return f"{_operand(above)}/{_operand(below)}"


def _scripts(item: Any) -> str:
    return _part(item, "e") + _script("_", _part(item, "sub")) + _script("^", _part(item, "sup"))


def _before(item: Any) -> str:
    return _script("_", _part(item, "sub")) + _script("^", _part(item, "sup")) + _part(item, "e")


def _root(item: Any) -> str:
    degree = _part(item, "deg")
    return f"{degree}√({_part(item, 'e')})" if degree else f"√({_part(item, 'e')})"


def _nary(item: Any) -> str:
    sign = _property(item, "chr", "∫") or "∫"
    return f"{sign}{_script('_', _part(item, 'sub'))}{_script('^', _part(item, 'sup'))} {_part(item, 'e')}"


def _delimited(item: Any) -> str:
    left, right = _property(item, "begChr", "("), _property(item, "endChr", ")")
    return left + (_property(item, "sepChr", "|") or " ").join(_parts(item, "e")) + right


def _accented(item: Any) -> str:
    mark = _property(item, "chr", "\u0302")
    base = _part(item, "e")
    return base + _ACCENTS.get(mark, mark) if len(base) == 1 else f"({base}){mark}"


def _matrix(item: Any) -> str:
    return "[" + "; ".join(", ".join(_parts(row, "e")) for row in item if tag_of(row) == "mr") + "]"


def _limit_below(item: Any) -> str:
    return _part(item, "e") + _script("_", _part(item, "lim"))


def _limit_above(item: Any) -> str:
    return _part(item, "e") + _script("^", _part(item, "lim"))


def _function(item: Any) -> str:
    argument = _part(item, "e")
    return f"{_part(item, 'fName')}{argument if argument.startswith('(') else f' {argument}'}"


_BUILDERS = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "rad": _root,
    "nary": _nary,
    "d": _delimited,
    "acc": _accented,
    "bar": lambda item: _part(item, "e") + "\u0304",
    "m": _matrix,
    "eqArr": lambda item: "; ".join(_parts(item, "e")),
    "func": _function,
    "limLow": _limit_below,
    "limUpp": _limit_above,
}
