import os
import time

child = os.fork() or time.sleep(1000)
