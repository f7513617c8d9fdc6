"""Progress as plain lines: the share and the time left, neither too often nor for nothing."""

import os
import subprocess
import sys

from flows.execution.progress import LineProgress


def lines_of(*steps, total):
    """Lines told of a stage whose steps, each of (seconds since its beginning, units done), were made."""
    now, told = [0.0], []
    reporter = LineProgress(told.append, lambda: now[0])
    reporter.stage("Backtest", total)
    for seconds, done in steps:
        now[0] = seconds
        reporter.advance(done)
    return told


def test_a_long_stage_tells_its_share_and_the_time_left():
    assert lines_of((60, 300), (120, 300), total=1200) == [
        "Backtest (1,200)",
        "Backtest: 25%, 300 of 1,200, 3 min left",
        "Backtest: 50%, 600 of 1,200, 2 min left",
    ]


def test_a_stage_is_not_told_of_every_second_nor_at_its_end():
    assert lines_of((1, 300), (11, 300), (12, 300), (60, 300), total=1200) == [
        "Backtest (1,200)",
        "Backtest: 50%, 600 of 1,200, 11 s left",
    ]


def test_a_log_that_nobody_reads_any_more_ends_no_run():
    code = (
        "import time; from flows.execution.progress import log_line\n"
        "input(); log_line('first'); time.sleep(0.1); log_line('second'); print('published')"
    )
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writer, text=True
    )
    os.close(writer)
    os.close(reader)
    out, _ = process.communicate("\n", timeout=60)

    assert out == "published\n"
