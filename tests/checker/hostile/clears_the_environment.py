import os
import sys


def act():
    os.environ.clear()
    sys.path.clear()
    sys.argv.clear()
