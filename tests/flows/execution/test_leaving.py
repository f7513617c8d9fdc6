"""A process that is asked to end does so in time, whatever goes on in its other threads."""

import os
import signal
import subprocess
import sys

import pytest

from flows.execution import leaving
from flows.execution.leaving import stop_in_time

BUSY = """
import threading, time
from flows.execution import leaving
leaving.STOP_SECONDS = 0.3
threading.Thread(target=time.sleep, args=(60,)).start()  # Python waits for it at its exit
{}
"""


@pytest.mark.parametrize(
    "work",
    [
        "leaving.leave_after(0.3, 1, 'left'); print('busy', flush=True)",
        "with leaving.stop_in_time(): print('busy', flush=True); time.sleep(60)",
    ],
)
def test_a_thread_that_does_not_end_does_not_keep_the_process(work):
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY.format(work)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"busy\n"
    if "stop_in_time" in work:
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert b"left" in said or b"KeyboardInterrupt" in said


def test_who_handled_a_signal_still_does_and_does_again_afterwards(monkeypatch):
    handled, left = [], []
    monkeypatch.setattr(leaving, "leave_after", lambda *given: left.append(given))
    before = signal.signal(signal.SIGTERM, lambda number, frame: handled.append(number))
    try:
        mine = signal.getsignal(signal.SIGTERM)
        with stop_in_time():
            os.kill(os.getpid(), signal.SIGTERM)
        assert (handled, left) == ([signal.SIGTERM], [(leaving.STOP_SECONDS, 1)])
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)
