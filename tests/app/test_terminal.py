"""What a person sees when a command ends before its time."""

import pytest
import typer

from app.terminal import errors_in_a_sentence


def test_an_abandoned_question_ends_in_a_sentence_and_leaves_no_traceback(tmp_path, capsys):
    with pytest.raises(typer.Exit) as ended, errors_in_a_sentence(tmp_path):
        raise typer.Abort

    assert ended.value.exit_code == 1
    assert "Stopped at the question; nothing was written." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
