"""Commands in documents held to the command line: every command and option that is written exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from scripts.documents import shell_lines

SETTING = re.compile(r"[A-Za-z_]\w*=")
BEFORE_A_COMMAND = frozenset({"time", "exec", "env", "nohup"})
OPERATORS = frozenset("();<>|&")


def unknown_commands(text: str, command: Any, program: str = "huitou") -> list[str]:
    """What the shell blocks of ``text`` ask of ``program`` that ``command`` does not know.

    ``command`` is the click command of a Typer application, ``typer.main.get_command(app)``.
    """
    asked = [words for line in shell_lines(text) for words in calls(line, program)]
    return [offence for words in asked for offence in unknown_words(words, command, program)]


def calls(line: str, program: str) -> Iterator[list[str]]:
    """For each call of ``program`` in a command line, the words after its name."""
    for words in simple_commands(line):
        while words and (SETTING.match(words[0]) or words[0] in BEFORE_A_COMMAND):
            words = words[1:]
        if words and words[0].rpartition("/")[2] == program:
            yield words[1:]


def simple_commands(line: str) -> Iterator[list[str]]:
    """The words of each command in a line, parted at pipes, semicolons, brackets and redirections."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= OPERATORS:
            yield words
            words = []
        else:
            words.append(word)
    yield words


def unknown_words(words: list[str], command: Any, path: str) -> list[str]:
    """Offences of one call: the first unknown sub-command, or the unknown options on the way."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return []
        if word.startswith("-") and word != "-":
            option = find_option(command, word.partition("=")[0])
            if option is None and word != "--help":
                return [f"'{path}' has no option {word.partition('=')[0]}; it has {names_of_options(command)}."]
            if option is not None and "=" not in word:
                del rest[: values_taken(option)]
        elif subcommands(command):
            if word not in subcommands(command):
                return [f"'{path}' has no command '{word}'; it has {', '.join(sorted(subcommands(command)))}."]
            command, path = subcommands(command)[word], f"{path} {word}"
    return []


def subcommands(command: Any) -> dict[str, Any]:
    """The commands within ``command``; none when it is not a group."""
    found: dict[str, Any] = getattr(command, "commands", {})
    return found


def find_option(command: Any, name: str) -> Any:
    """The option of ``command`` that is called ``name``, or None."""
    return next((option for option in options(command) if name in names(option)), None)


def options(command: Any) -> list[Any]:
    """Everything that ``command`` takes by name."""
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]


def names(option: Any) -> list[str]:
    """All spellings of an option, the ones that switch it off too."""
    return [*option.opts, *option.secondary_opts]


def names_of_options(command: Any) -> str:
    """All options of ``command`` in words."""
    return ", ".join(name for option in options(command) for name in names(option)) or "none"


def values_taken(option: Any) -> int:
    """How many words follow an option: none after a switch."""
    return 0 if option.is_flag or option.count else int(option.nargs)
