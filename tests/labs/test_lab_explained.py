"""What stands beside the nodes of a walked training step."""

import pytest

from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.replay import replay
from bn_tutor.engine.zoom import Level, zoom
from bn_tutor.labs import explained as module
from bn_tutor.labs.blocks import batchnorm, convolution, dense, layernorm, max_pool, relu, reshaped
from bn_tutor.labs.explained import explained
from bn_tutor.labs.network import Mode, fresh, network, network_lesson
from bn_tutor.labs.samples import split, synthetic
from bn_tutor.labs.training import ONE, run_through

NETS = {
    "dense": network("dense", dense(64, 4), batchnorm(4), relu(), layernorm(4), dense(4, 10)),
    "images": network(
        *("images", reshaped(1, 8, 8), convolution(1, 2), batchnorm(2, shape=(8, 8)), relu(), max_pool(2)),
        *(reshaped(32), dense(32, 10, bias=False)),
    ),
}


@pytest.mark.parametrize("name", NETS)
def test_each_step_back_has_a_why(name):
    net = NETS[name]
    batch = split(synthetic(), 0).train.at(range(5))
    recording = run_through(net, fresh(net, 0, 5), batch, Mode.TRAIN)
    lesson = explained(network_lesson(net, 5, Mode.TRAIN), recording.graph)
    steps = [step.node.name for step in replay(zoom(recording, Level.NODE), ONE) if step.edges]
    assert [node for node in steps if not lesson.sections[node].backward] == []
    assert len(steps) > 10


def test_the_deviation_is_told_as_a_root_and_the_loss_as_itself():
    net = NETS["dense"]
    batch = split(synthetic(), 0).train.at(range(5))
    recording = run_through(net, fresh(net, 0, 5), batch, Mode.TRAIN)
    sections = explained(network_lesson(net, 5, Mode.TRAIN), recording.graph).sections
    assert sections["sqrtvar2"].backward.startswith("The slope of the root of u is one half")
    assert sections["xmu2"].backward.startswith("A difference passes the gradient on")
    assert sections["loss"].backward.startswith("Two roads lead back from the loss")


def test_only_operations_of_the_table_are_told_of():
    assert module._OF_OPERATIONS.keys() <= OPERATIONS.keys()
