import json
import pickle
import struct


def act():
    pickle.dumps = pickle.dump = json.dumps = json.dump = struct.pack = lambda *arguments, **keywords: b""
