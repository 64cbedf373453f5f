"""The ``patentprep`` command: parse arguments, call one function, print. The contract is in docs/interface.md.

Heavy libraries are imported by the command that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import locale
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from patentprep import compare_command, triage_command
from patentprep.errors import PatentprepError, UsageError
from patentprep.model import Assessment, Lang
from patentprep.plan_command import FORMATS, add_options

OK, NOT_READY, BAD_INPUT = 0, 1, 2
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON may hold "\\ud800", which no encoding can write
STDIN = "-"
CHECK_FORMATS = ("text", "json", "html", "docx", "pdf", "annotated", "sarif")
PROGRESS_COLUMNS = 70  # wider than any step in words, narrower than a terminal


class OutputNotWritten(UsageError):
    """The file named by ``-o`` cannot be written. Facts: name, reason (of the operating system)."""

    key = "error.output_not_written"


class BinaryOutput(UsageError):
    """A file of bytes, and nowhere but a terminal to write it to. Facts: format."""

    key = "error.binary_output"


class WrongSuffix(UsageError):
    """``-o`` names a kind of file that the annotated copy is not. Facts: name, suffix."""

    key = "error.annotated_suffix"


class SourceChanged(UsageError):
    """The draft was written to while we read it. Facts: name."""

    key = "error.source_changed"


class InputNotRead(UsageError):
    """A file of passages cannot be opened. Facts: name, reason (of the operating system)."""

    key = "error.input_not_read"


class NotUtf8(UsageError):
    """A file of passages is not UTF-8. Facts: name."""

    key = "error.not_utf8"


class _Parser(argparse.ArgumentParser):
    """argparse with our own one-line errors."""

    chinese = False

    def error(self, message: str) -> NoReturn:
        if self.chinese:
            from patentprep.usage import mistake

            print(f"{self.prog}：{mistake(message)}；用法见 {self.prog} --help", file=sys.stderr)
        else:
            print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _speak_utf8()
    words = sys.argv[1:] if argv is None else argv
    parser = _parser()
    _Parser.chinese = _asked_language(words) == "zh"
    if _Parser.chinese:
        from patentprep.usage import put_in_chinese

        put_in_chinese(parser)
    args = parser.parse_args(words)
    if hasattr(args, "formats"):
        args.format = args.format or _format_of(args.output, args.formats)
    try:
        return int(args.run(args))
    except PatentprepError as error:
        from patentprep.strings import say

        _complain(say(error, getattr(args, "lang", None) or interface_language()))
        return BAD_INPUT
    except KeyboardInterrupt:
        from patentprep.strings import t

        _complain(t("cli.stopped", interface_language()))
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        sys.stderr.close()
        return OK


def _speak_utf8() -> None:
    """Chinese reports must not fail on a console of another code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _complain(sentence: str) -> None:
    print(f"patentprep: {sentence}", file=sys.stderr)


def interface_language() -> Lang:
    """Chinese on a Chinese system, English elsewhere."""
    try:
        name = locale.getlocale()[0] or ""
    except ValueError:  # a locale whose name Python does not know
        name = ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _asked_language(words: Sequence[str]) -> Lang:
    """The language that ``--lang`` names, before the words are understood, else that of the system."""
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("--lang", nargs="?")
    asked: Lang = first.parse_known_args(words)[0].lang
    return asked if asked in ("zh", "en") else interface_language()


def _format_of(output: str | None, formats: Sequence[str]) -> str:
    """The one of ``formats`` that the ending of ``-o`` names, else the first."""
    name = Path(output or "").name.lower()
    endings = {".sarif.json": "sarif", ".htm": "html"} | {f".{fmt}": fmt for fmt in formats}
    return next((fmt for end, fmt in endings.items() if name.endswith(end) and fmt in formats), formats[0])


def _write(text: str, output: str | None) -> None:
    text = text if text.endswith("\n") else text + "\n"
    if output is None:
        print(text, end="")
        return
    try:
        newline = "" if "\r\n" in text else None  # a calendar file has its own line ends
        Path(output).write_text(text, encoding="utf-8", errors="replace", newline=newline)
    except OSError as error:
        raise OutputNotWritten(name=output, reason=error.strerror or type(error).__name__) from error


def _put(made: str | bytes, args: argparse.Namespace) -> None:
    """What a command made, text or file, to where ``-o`` says."""
    if isinstance(made, bytes):
        _write_file(made, args.format, args.output)
    else:
        _write(made, args.output)


def _write_file(data: bytes, fmt: str, output: str | None) -> None:
    """A file that is no text: to ``-o``, or into a pipe. Raises BinaryOutput for a terminal."""
    if output is not None:
        try:
            Path(output).write_bytes(data)
        except OSError as error:
            raise OutputNotWritten(name=output, reason=error.strerror or type(error).__name__) from error
        return
    _no_terminal(fmt, output)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _no_terminal(fmt: str, output: str | None) -> None:
    if output is None and sys.stdout.isatty():
        raise BinaryOutput(format=fmt)


def _source(name: str) -> tuple[Any, str]:
    """What read_draft takes for a file name, or for ``-``."""
    return (sys.stdin.buffer.read(), "stdin") if name == STDIN else (name, Path(name).name)


def _progress(step: str, done: int, total: int) -> None:
    """One line on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        from patentprep.report.as_text import pad
        from patentprep.strings import t

        line = f"{t('progress.' + step, interface_language())} {done}/{total}" if done < total else ""
        # Blanks, not an escape sequence: the classic Windows console would print that.
        print(f"\r{pad(line, PROGRESS_COLUMNS)}", end="\r", file=sys.stderr, flush=True)


# --- commands --------------------------------------------------------------------------------------------


def _check(args: argparse.Namespace) -> int:
    from patentprep.assessment import assess
    from patentprep.report import FILE_FORMATS, render
    from patentprep.structure import read_draft

    if args.format in FILE_FORMATS:
        _no_terminal(args.format, args.output)  # before the work
    source, name = _source(args.draft)
    draft = read_draft(source, name, on_step=_progress)
    assessment = assess(
        draft,
        args.checklist or ["cn-2026"],
        invention_type=args.invention_type,
        filed_on=_date(args.filed_on),
        on_step=_progress,
    )
    lang = args.lang or draft.language
    if args.format in ("annotated", "sarif"):
        path = name if args.draft == STDIN else args.draft
        report = render(assessment, args.format, lang, data=_bytes_again(source, assessment, args), path=path)
    else:
        report = render(assessment, args.format, lang)
    _put(report, args)
    return NOT_READY if assessment.readiness.level == "not_ready" else OK


def _bytes_again(source: str | bytes, assessment: Assessment, args: argparse.Namespace) -> bytes:
    """The bytes the draft was read from. Raises SourceChanged, WrongSuffix."""
    from patentprep.report.annotated import suffix

    document = assessment.draft.document
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise SourceChanged(name=document.name) from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise SourceChanged(name=document.name)
    named = Path(args.output).suffix.lower() if args.output else ""
    if args.format == "annotated" and named in (".pdf", ".docx") and named != suffix(assessment):
        raise WrongSuffix(name=document.name, suffix=suffix(assessment))
    return data


def _read(args: argparse.Namespace) -> int:
    from patentprep.read import read_document
    from patentprep.strings import warn

    source, name = _source(args.file)
    document = read_document(source, name, on_step=_progress)
    lang = args.lang or interface_language()
    warnings = [warn(w, lang) for w in document.warnings]
    if args.format == "text":
        _write(document.text, args.output)
        for warning in warnings:
            _complain(f"{name}: {warning}")
        return OK
    pages = [{"number": p.number, "text": document.text[p.start : p.end], "ocr": p.ocr} for p in document.pages]
    pages = pages or [{"number": None, "text": document.text, "ocr": False}]
    answer = {"pages": pages, "text": document.text, "warnings": warnings}
    _write(json.dumps(answer, ensure_ascii=False, indent=2), args.output)
    return OK


def _plan(args: argparse.Namespace) -> int:
    from patentprep.plan_command import run

    return run(args, args.lang or interface_language(), lambda text: _write(text, args.output), _complain)


def _offices(args: argparse.Namespace) -> int:
    from patentprep.report.plan import offices_csv, offices_json, offices_table

    lang = args.lang or interface_language()
    _write({"table": offices_table, "csv": offices_csv, "json": offices_json}[args.format](lang), args.output)
    return OK


def _explain(args: argparse.Namespace) -> int:
    from patentprep.report.explain import explain

    _write(explain(args.id, args.lang or interface_language()), args.output)
    return OK


def _triage(args: argparse.Namespace) -> int:
    return triage_command.run(args, args.lang or interface_language(), lambda made: _put(made, args), _complain)


def _compare(args: argparse.Namespace) -> int:
    from patentprep.compare_command import run

    return run(args, _source, lambda text: _write(text, args.output), _progress)


def _eligibility(args: argparse.Namespace) -> int:
    from patentprep.eligibility import probabilities, verdict_of

    rows = list(_json_lines(args.file))
    chances = probabilities([row["text"] for row in rows])
    answers = [
        {"id": row["id"], "verdict": verdict_of(p), "probability": p} for row, p in zip(rows, chances, strict=True)
    ]
    _write(_as_lines(answers), args.output)
    return OK


def _evidence(args: argparse.Namespace) -> int:
    from patentprep.checklist import load_checklist
    from patentprep.evidence import CONTEXTS, Passage, judge

    rows = list(_json_lines(args.file))
    passages = []
    for row in rows:
        context = row.get("context") or "disclosure"
        if context not in CONTEXTS:
            raise UsageError(what=f"context {context!r} of {row['id']!r}", hint=", ".join(CONTEXTS))
        passages.append(Passage(row["text"], context))
    answers = []
    for row, found in zip(rows, judge(passages, load_checklist("cn-2026")), strict=True):
        elements = [
            {
                "requirement": j.requirement,
                "element": j.elements[0],
                "strength": j.strength,
                "confidence": round(j.confidence, 3),
            }
            for j in found
        ]
        answers.append({"id": row["id"], "elements": elements})
    _write(_as_lines(answers), args.output)
    return OK


def _model(args: argparse.Namespace) -> int:
    from patentprep.resources import folder

    _write((folder("data") / "models" / "card.md").read_text(encoding="utf-8"), args.output)
    return OK


def _app(args: argparse.Namespace) -> int:
    from patentprep.launch import run_app

    return run_app(port=args.port, browser=not args.no_browser)


# --- arguments -------------------------------------------------------------------------------------------


def _as_lines(answers: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)


def _json_lines(name: str) -> Any:
    """Rows of a JSON-lines file, each with ``id`` and ``text``. Raises UsageError that names the line."""
    if name == STDIN:
        data, label = sys.stdin.buffer.read(), "stdin"
    else:
        label = name
        try:
            data = Path(name).read_bytes()
        except OSError as error:
            raise InputNotRead(name=name, reason=error.strerror or type(error).__name__) from error
    try:
        lines = data.decode("utf-8-sig").split("\n")  # not splitlines: U+2028 may stand inside a JSON string
    except UnicodeDecodeError as error:
        raise NotUtf8(name=label) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:  # the latter for brackets nested a thousand deep
            raise UsageError(what=f"{label}:{number}", hint='{"id": "...", "text": "..."}') from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
            raise UsageError(what=f"{label}:{number}", hint='{"id": "...", "text": "..."}')
        row["text"] = _LONE_SURROGATE.sub("\ufffd", row["text"])
        yield row


def _no_constant(name: str) -> NoReturn:
    """NaN and the infinities are Python's; what we would answer with them is no JSON."""
    raise ValueError(name)


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    from patentprep.planning import parse_date

    return parse_date(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="patentprep",
        description="Tells whether a patent draft for an AI invention is ready to file (CNIPA Guidelines 2026). "
        "Everything stays on this computer.",
        epilog="Exit status: 0 done (check: ready, or only some work left), 1 check found the draft not ready, "
        "2 unreadable input or wrong usage.",
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the words")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str, formats: Sequence[str] = ()) -> Any:
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=run)
        if formats:
            command.set_defaults(formats=formats)
            command.add_argument(
                "--format", choices=formats, help=f"default: the one that the ending of -o names, else {formats[0]}"
            )
        if name != "app":
            command.add_argument("-o", "--output", metavar="FILE", help="write there instead of standard output")
            command.add_argument(
                "--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help="language of the words"
            )
        return command

    command = add("app", _app, "open the app in the browser, on 127.0.0.1 only")
    command.add_argument("--port", type=int, help="default: the first free one from 8501 on")
    command.add_argument("--no-browser", action="store_true", help="do not open a browser window")

    command = add("check", _check, "one draft in, a readiness report out", CHECK_FORMATS)
    command.add_argument("draft", metavar="DRAFT", help="PDF, DOCX, TXT or MD file; - reads standard input")
    command.add_argument("--checklist", action="append", metavar="ID", help="default: cn-2026; may be repeated")
    command.add_argument("--filed-on", metavar="DATE", help="hold the draft against the law in force on that day")
    command.add_argument(
        "--invention-type",
        choices=("model", "application", "ai_assisted", "ai_generated"),
        help="instead of what the draft suggests",
    )

    command = add("triage", _triage, "many drafts in, a ranked table out", triage_command.FORMATS)
    triage_command.add_options(command)

    command = add(
        "compare", _compare, "what a newer version of a draft closed, opened and left", compare_command.FORMATS
    )
    compare_command.add_options(command)

    command = add("read", _read, "what was read from a file, page by page, with warnings", ("text", "json"))
    command.add_argument("file", metavar="FILE", help="- reads standard input")

    command = add("plan", _plan, "the PCT timeline of a filing: every deadline, its rule and consequence", FORMATS)
    add_options(command)

    add("offices", _offices, "the table of offices: months, extension, restoration, grace period, source",
        ("table", "csv", "json"))  # fmt: skip

    command = add("explain", _explain, "what a checklist element or rule asks, its provision, source and examples")
    command.add_argument("id", metavar="ID", help="such as TS1, claims/antecedent or ethics/covert-capture")

    command = add("eligibility", _eligibility, "pure algorithm or technical solution, for many passages")
    command.add_argument("file", metavar="FILE.jsonl", help='one {"id", "text"} a line; - reads standard input')

    command = add("evidence", _evidence, "what sentences are evidence of, for many passages")
    command.add_argument(
        "file", metavar="FILE.jsonl", help='one {"id", "text", "context"} a line; - reads standard input'
    )

    command = add("model", _model, "what the classifiers were trained on and how they score")
    command.add_argument("what", choices=("card",), metavar="card")
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from patentprep.versions import program_version

        print(f"patentprep {program_version()}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
