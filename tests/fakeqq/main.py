"""Starts the fake QQ from anywhere: ``python …/tests/fakeqq/main.py --help``."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fakeqq.app import main

    sys.exit(main())
