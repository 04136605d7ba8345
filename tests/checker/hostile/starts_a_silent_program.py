import subprocess
import sys


def act():
    nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    apart = {"start_new_session": True, "env": {}, **nowhere}
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], **apart)
