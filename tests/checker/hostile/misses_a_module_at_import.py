import math

import no_such_helpers
