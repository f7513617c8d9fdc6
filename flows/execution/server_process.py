"""The Prefect server as a process of its own, which ends when the process that started it has ended.

That process holds the other end of this one's standard input. However it ends, also by `kill -9`, the kernel closes
that end, on every system. Started by its path; nothing of the program is imported.
"""

import os
import signal
import sys
import threading
import time

import uvicorn

APPLICATION = "prefect.server.api.server:create_app"
GRACE_SECONDS = 5.0


def _end_with_parent() -> None:
    """Wait for the end of the process that holds standard input, then end this one."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True, name="parent").start()
    uvicorn.run(APPLICATION, factory=True, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", lifespan="on")
