"""Where an operation such as relu has a kink, there is no derivative that could be proven."""

import numpy as np

from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.proof import CENTRAL_STEP, Disproof, relative_error

TOLERANCE = 1e-6
# The proof looks 2 steps of about 1 ahead; a kink beyond 8 is out of its sight.
STEP = 8 * CENTRAL_STEP
PROBES = 8


def is_at_kink(recording: Recording, disproof: Disproof) -> bool:
    """Whether the disproof says nothing: the operation's slopes ahead and behind differ at this place.

    That is looked for in a few random directions, over the distance that the proof looks over. ``recording``
    is the one that was to be proven.
    """
    node = recording.graph[disproof.node]
    if node.operation.smooth or disproof.part != "forward":
        return False
    generator = np.random.default_rng(0)
    places = [place for place, name in enumerate(node.inputs) if name == disproof.input]
    return any(_slopes_differ(recording, node, place, generator) for place in places for _ in range(PROBES))


def _slopes_differ(recording: Recording, node: Node, place: int, generator: np.random.Generator) -> bool:
    operands = [recording[name] for name in node.inputs]
    step = STEP * generator.choice([-1.0, 1.0], size=operands[place].shape)
    ahead, here, behind = (
        np.asarray(
            node.operation.forward(
                *operands[:place], operands[place] + sign * step, *operands[place + 1 :], **node.parameters
            )
        )
        for sign in (1, 0, -1)
    )
    # Relative to the step: on a straight line the two are equal but for rounding.
    return not relative_error(ahead - here, here - behind, STEP) <= TOLERANCE
