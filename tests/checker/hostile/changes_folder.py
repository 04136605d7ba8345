# Into a folder that is then no more.
import os
import tempfile


def act():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
