"""What the commands print of text that others wrote."""

import pytest

from api.cli.output import print_facts, print_table, printable


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("8½ – “Ran” 乱 🎬", "8½ – “Ran” 乱 🎬"),
        ("\x1b[2J\x1b]0;gone\x07Heat", "[2J ]0;gone Heat"),
        ("one\r\n\ttwo", "one two"),
        ("\u202egnorw\u2066", "gnorw"),
        ("\x9b31mred", "31mred"),
    ],
)
def test_what_moves_a_terminal_is_taken_out(written: str, shown: str) -> None:
    assert printable(written) == shown


def test_a_value_never_makes_another_column_or_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Title", "Year"], [("Tab\there\nand below", 1999), ("[bold]Heat[/bold]", None)], empty="-")
    print_facts([("Bio", None)])
    assert capsys.readouterr().out == "Tab here and below\t1999\n[bold]Heat[/bold]\t\nBio\t\n"


def test_no_rows_are_no_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Title"], [], empty="There is no film.")
    assert capsys.readouterr().out == ""
