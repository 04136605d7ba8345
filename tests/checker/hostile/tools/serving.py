"""A program that has imported all that `bn-tutor check` needs, and becomes a fresh run of it when asked to.

It saves most of what a run costs: two thirds of it are imports. A request is a line of JSON on standard
input; two lines answer it on standard output: the number of the new process, and how it ended.
"""

import gc
import json
import os
import resource
import sys

import bn_tutor.checker.checking
import bn_tutor.cli.check_once
import bn_tutor.cli.check_watch
import bn_tutor.cli.output
import bn_tutor.views.check_page  # noqa: F401
from bn_tutor.cli.main import main


def serve():
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        number = os.fork()
        if not number:
            return become(request)
        answer(number)
        answer(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]))
    return None


def answer(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def become(request):
    """Become a run of the command line, as if it had been started with these arguments in this folder."""
    os.setsid()
    reading, writing = os.pipe()
    os.write(writing, b"1\n")  # a line that is nobody's to read, and no end
    streams = [os.open(request[name], os.O_WRONLY | os.O_CREAT) for name in ("stdout", "stderr")]
    for number, stream in enumerate((reading, *streams)):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (request["memory"], request["memory"]))
    sys.argv = ["bn-tutor", *request["arguments"]]
    return main()


if __name__ == "__main__":
    sys.exit(serve())
