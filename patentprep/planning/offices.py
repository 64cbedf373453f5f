"""The table of offices: ``data/offices/national_phase.yaml``, one entry per WIPO ST.3 code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from patentprep.errors import UnknownOffice
from patentprep.resources import Block, folder, load_yaml

INTERNATIONAL_BUREAU = "IB"
COMMON_NAMES = {
    "UK": "GB", "EU": "EP", "EPO": "EP", "USA": "US", "USPTO": "US", "CHN": "CN", "PRC": "CN", "CNIPA": "CN",
    "JPN": "JP", "JPO": "JP", "KOR": "KR", "KIPO": "KR", "EL": "GR", "WO": "IB", "WIPO": "IB", "PCT": "IB",
}  # fmt: skip


class OfficeNotInTable(UnknownOffice):
    """No such code. Facts: code."""

    key = "error.office_unknown"


class OfficeMistyped(UnknownOffice):
    """No such code, but one much like it. Facts: code, suggestion."""

    key = "error.office_mistyped"


class NotReceivingOffice(UnknownOffice):
    """An office where no international application can be filed. Facts: code."""

    key = "error.plan_receiving_office"


class NotExaminingOffice(UnknownOffice):
    """An office that is no International Preliminary Examining Authority. Facts: code, codes."""

    key = "error.plan_ipea"


@dataclass(frozen=True, slots=True)
class Grace:
    """The grace period before filing.

    ``months`` is None where the source gives none. ``counted_from`` is ``priority`` or ``filing``;
    ``covers`` is ``own`` (the applicant's own disclosures), ``narrow`` (abuse and recognised exhibitions
    or meetings) or ``unknown``. ``confirmed`` is false when the source was not read.
    """

    months: int | None = None
    counted_from: str = "filing"
    covers: str = "unknown"
    confirmed: bool = False
    condition: tuple[tuple[str, str], ...] = ()  # language, words
    formality: tuple[tuple[str, str], ...] = ()  # what has to be done for it; empty where it is not in the table


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer period for entry, counted from the priority date. ``kind`` is ``as_of_right``, ``on_fee``,
    ``on_request``, ``reinstatement`` (no right to it) or ``unknown_length``."""

    kind: str
    months: int = 0
    days: int = 0
    condition: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """What one office asks. ``route`` is ``national``, ``regional``, ``paris`` or ``extension``."""

    code: str
    name: tuple[tuple[str, str], ...]
    route: str
    through: str | None  # the office to go through when the route is regional or by extension
    chapter_i: int | None  # months from the priority date, PCT Art. 22
    chapter_ii: int | None  # PCT Art. 39, when a demand was filed within 19 months
    extension: Extension | None
    restoration_designated: str  # Rule 49ter.2: due_care, unintentional, both, none, unknown
    restoration_receiving: str  # Rule 26bis.3
    restoration_effect: str  # Rule 49ter.1: yes, no, unknown
    reinstatement: str  # Rule 49.6: yes, no, unknown
    grace: Grace
    weekly: tuple[str, ...]
    languages: tuple[str, ...]
    note: tuple[tuple[str, str], ...]
    source: str
    as_of: str
    confirmed: bool

    def named(self, lang: str) -> str:
        """The office's name in a language."""
        return dict(self.name)[lang]

    @property
    def accepts_restoration(self) -> str:
        """Whether a restored priority right can hold here: ``yes``, ``no`` or ``unknown`` (Rules 49ter.1,
        49ter.2).
        """
        if self.restoration_effect != "unknown":
            return self.restoration_effect
        return {"none": "no", "unknown": "unknown"}.get(self.restoration_designated, "yes")


@cache
def offices() -> dict[str, Office]:
    """The whole table, in the order of the file. Raises ChecklistError when the file breaks its own rules."""
    block = load_yaml(folder("data") / "offices" / "national_phase.yaml")
    block.expect({"offices"})
    return {code: _office(code, block.block("offices").block(code)) for code in block.block("offices")}


def office(code: str) -> Office:
    """The entry of a code. Raises UnknownOffice."""
    return offices()[checked(code)]


def known(code: str) -> bool:
    """Whether the code is that of an office of the table or of the International Bureau."""
    return code in offices() or code == INTERNATIONAL_BUREAU


def checked(code: str, *, allow_ib: bool = False) -> str:
    """The ST.3 code in capitals. Raises UnknownOffice with the code that was probably meant."""
    wanted = code.strip().upper()
    if wanted in offices() or (allow_ib and wanted == INTERNATIONAL_BUREAU):
        return wanted
    guess = COMMON_NAMES.get(wanted) or _by_name(code.strip())
    if guess and (allow_ib or guess in offices()):
        raise OfficeMistyped(code=code.strip()[:40], suggestion=guess)
    raise OfficeNotInTable(code=code.strip()[:40])


def receiving_offices() -> tuple[str, ...]:
    """Where an international application can be filed: the offices of PCT States, and the International Bureau."""
    national = (code for code, entry in offices().items() if entry.route not in ("paris", "extension"))
    return (*national, INTERNATIONAL_BUREAU)


def checked_receiving(code: str) -> str:
    """The code of a receiving Office or the Bureau. Raises UnknownOffice, also for a place outside the PCT."""
    wanted = checked(code, allow_ib=True)
    if wanted not in receiving_offices():
        raise NotReceivingOffice(code=wanted)
    return wanted


def checked_examining(code: str) -> str:
    """The code of an International Preliminary Examining Authority. Raises UnknownOffice for any other."""
    wanted = checked(code)
    if wanted not in examining_offices():
        raise NotExaminingOffice(code=wanted, codes=", ".join(sorted(examining_offices())))
    return wanted


@cache
def examining_offices() -> frozenset[str]:
    """Offices that are also preliminary examining authorities (``examining.yaml``, to be confirmed)."""
    block = load_yaml(folder("data") / "offices" / "examining.yaml")
    block.expect({"source", "status", "as_of", "offices"})
    block.one_of("status", ("confirmed", "to_be_confirmed"))
    return frozenset(checked(code) for code in block.texts("offices"))


def checked_country(code: str) -> str:
    """The two-letter code of any country, in the table or not. Raises UnknownOffice for anything else."""
    wanted = code.strip().upper()
    if len(wanted) == 2 and wanted.isascii() and wanted.isalpha() and wanted not in COMMON_NAMES:
        return wanted
    return checked(code)


def paris_offices(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the offices that no international application can reach."""
    return tuple(code for code in codes if offices()[code].route == "paris")


def paris_offices_abroad(codes: Iterable[str]) -> tuple[str, ...]:
    """Direct filings that count as filings abroad for the secrecy examination: Taiwan is not a foreign
    country.
    """
    return tuple(code for code in paris_offices(codes) if code != "TW")


def weekly_closing_days(code: str) -> frozenset[int]:
    """Weekly closing days of an office, Monday being 0; Saturday and Sunday unless the table says
    otherwise.
    """
    entry = offices().get(code)
    days = entry.weekly if entry and entry.weekly else ("sat", "sun")
    return frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day) for day in days)


def _by_name(text: str) -> str | None:
    names = {name.lower(): entry.code for entry in offices().values() for _, name in entry.name}
    close = difflib.get_close_matches(text.lower(), names, n=1, cutoff=0.8)
    return names[close[0]] if close else None


def _pair(block: Block | dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((lang, block[lang]) for lang in ("en", "zh") if block.get(lang))


def _office(code: str, block: Block) -> Office:
    block.expect(
        {"name", "route", "restoration", "reinstatement", "languages", "source", "status", "as_of"},
        {"through", "months", "extension", "grace", "weekly", "note"},
    )
    months: dict[str, str] = block.get("months", {})
    restoration = block.block("restoration")
    criteria = ("due_care", "unintentional", "both", "none", "unknown")
    extension = grace = None
    if "extension" in block:
        part = block.block("extension")
        kind = part.one_of("kind", ("as_of_right", "on_fee", "on_request", "reinstatement", "unknown_length"))
        extension = Extension(kind, int(part.get("months", 0)), int(part.get("days", 0)), _pair(part))
    if "grace" in block:
        part = block.block("grace")
        grace = Grace(
            int(part["months"]) if "months" in part else None,
            part.one_of("from", ("priority", "filing")),
            part.one_of("covers", ("own", "narrow", "unknown")),
            part.one_of("status", ("confirmed", "to_be_confirmed")) == "confirmed",
            _pair(part),
            _pair({lang: part.get(f"formality_{lang}") for lang in ("en", "zh")}),
        )
    return Office(
        code=code,
        name=_pair(block.block("name")),
        route=block.one_of("route", ("national", "regional", "paris", "extension")),
        through=block.get("through"),
        chapter_i=int(months["chapter_i"]) if months else None,
        chapter_ii=int(months["chapter_ii"]) if months else None,
        extension=extension,
        restoration_designated=restoration.one_of("designated", criteria),
        restoration_receiving=restoration.one_of("receiving", criteria),
        restoration_effect=restoration.one_of("effect", ("yes", "no", "unknown")),
        reinstatement=block.one_of("reinstatement", ("yes", "no", "unknown")),
        grace=grace or Grace(),
        weekly=block.texts("weekly"),
        languages=block.texts("languages"),
        note=_pair(block.get("note", {})),
        source=block.text("source"),
        as_of=block.text("as_of"),
        confirmed=block.one_of("status", ("confirmed", "to_be_confirmed")) == "confirmed",
    )
