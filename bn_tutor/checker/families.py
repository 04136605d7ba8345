"""The layers whose functions are known by their names: one row each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bn_tutor.checker.reference import Outside
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import load


@dataclass(frozen=True)
class Family:
    """One layer: the lesson that it is checked against, and how its functions are called.

    ``inputs`` gives the shape of each input as the functions take it, by names of sizes; ``sizes`` are the
    batches to try. All counts in them differ, and all products of these: who divides by a wrong one is never
    right by chance. ``table`` is the dictionary of settings that the course's functions take, ``plain`` what
    they take as a number.
    """

    id: str
    lesson: str
    inputs: Mapping[str, Outside]
    sizes: Sequence[Mapping[str, int]]
    forward: str
    backward: str
    choices: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    plain: Sequence[str] = ()
    has_test_mode: bool = False
    has_eps: bool = True
    # An instructor's lesson, say: its batches are drawn as it says, and not to show the mistakes of norms.
    any_lesson: Lesson | None = None
    # The shapes of the inputs as people write them who do not follow the course.
    flat: Mapping[str, Outside] | None = None

    @property
    def gradients(self) -> tuple[str, ...]:
        """The names of what the backward function returns, in the order of the inputs."""
        return tuple(f"d{name}" for name in self.inputs)

    def load(self) -> Lesson:
        """Return the lesson that the layer is checked against."""
        return self.any_lesson or load(self.lesson, self.choices)


_FORWARD, _BACKWARD = r"(forward|fwd|fprop|fp)", r"(backward|backwards|bwd|bprop|back|bp)"
_FEATURES: Mapping[str, Outside] = {"x": ("N", "D"), "gamma": ("D",), "beta": ("D",)}
_IMAGES: Mapping[str, Outside] = {"x": ("N", "C", "H", "W"), "gamma": ("C",), "beta": ("C",)}
_GROUPS: Mapping[str, Outside] = {
    "x": ("N", "C", "H", "W"),
    "gamma": (1, "C", 1, 1),
    "beta": (1, "C", 1, 1),
}
_BATCHES = ({"N": 6, "D": 4}, {"N": 5, "D": 3}, {"N": 9, "D": 4})

# The first that a name fits is meant, so the more special ones stand first.
FAMILIES: Sequence[Family] = (
    Family(
        "spatial_groupnorm",
        "groupnorm",
        _GROUPS,
        ({"N": 4, "C": 6, "G": 2, "H": 5, "W": 7}, {"N": 2, "C": 15, "G": 3, "H": 4, "W": 7}),
        rf"(group_?norm|(^|_)gn(_|$)).*{_FORWARD}|{_FORWARD}.*group_?norm",
        rf"(group_?norm|(^|_)gn(_|$)).*{_BACKWARD}|{_BACKWARD}.*group_?norm",
        choices={"axis": "group"},
        table="gn_param",
        plain=("G",),
        flat=_IMAGES,
    ),
    Family(
        "spatial_batchnorm",
        "batchnorm2d",
        _IMAGES,
        ({"N": 3, "C": 4, "H": 2, "W": 5}, {"N": 2, "C": 5, "H": 4, "W": 3}),
        rf"(spatial|2d).*(batch_?norm|bn).*{_FORWARD}|(batch_?norm|bn)_?2d.*{_FORWARD}",
        rf"(spatial|2d).*(batch_?norm|bn).*{_BACKWARD}|(batch_?norm|bn)_?2d.*{_BACKWARD}",
        table="bn_param",
        has_test_mode=True,
    ),
    Family(
        "layernorm",
        "layernorm",
        _FEATURES,
        tuple({**sizes, "C": 1} for sizes in _BATCHES),
        rf"(layer_?norm|(^|_)ln(_|$)).*{_FORWARD}|{_FORWARD}.*layer_?norm",
        rf"(layer_?norm|(^|_)ln(_|$)).*{_BACKWARD}|{_BACKWARD}.*layer_?norm",
        choices={"normalized_shape": "features"},
        table="ln_param",
    ),
    Family(
        "dropout",
        "dropout",
        {"x": ("N", "D")},
        ({"N": 150, "D": 80},),
        rf"drop_?out.*{_FORWARD}|{_FORWARD}.*drop_?out",
        rf"drop_?out.*{_BACKWARD}|{_BACKWARD}.*drop_?out",
        table="dropout_param",
        has_eps=False,
    ),
    Family(
        "batchnorm",
        "batchnorm",
        _FEATURES,
        _BATCHES,
        rf"(batch_?norm|batch_?normalization|(^|_)bn(_|$)).*{_FORWARD}|{_FORWARD}.*(batch_?norm|(^|_)bn)",
        rf"(batch_?norm|batch_?normalization|(^|_)bn(_|$)).*{_BACKWARD}|{_BACKWARD}.*(batch_?norm|(^|_)bn)",
        table="bn_param",
        has_test_mode=True,
    ),
)


def family_of(name: str) -> tuple[Family, bool] | None:
    """Return the layer that a function's name speaks of, and whether it is the backward function."""
    low = name.lower()
    for family in FAMILIES:
        if re.search(family.backward, low):
            return family, True
        if re.search(family.forward, low):
            return family, False
    return None


def class_family(name: str) -> Family | None:
    """Return the layer that a class's name speaks of; batchnorm where it is only called a norm."""
    low = name.lower()
    for family in FAMILIES:
        if re.search(family.forward, f"{_spaced(name)}_forward"):
            return family
    return FAMILIES[-1] if "norm" in low or low == "bn" else None


def _spaced(name: str) -> str:
    """Return BatchNorm1d as batch_norm1d."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


# Names that people give to what a function takes; upper case counts, as G is not g.
_SYNONYMS: Mapping[str, str] = {
    "x": r"x|X|inp|inputs?|data|batch|a|z|Z|h|features?",
    "gamma": r"gamma|gammas|g|scale|weights?|w|_?gamma_?",
    "beta": r"beta|betas|b|shift|bias|_?beta_?",
    "G": r"G|groups?|num_groups|n_groups|group_count",
    "eps": r"eps|epsilon|_?eps_?|EPS",
    "dout": r"dout|dy|dY|dz|grad(_out(put)?)?|upstream|delta|dL_?dy|d_?out|g_?out|dl_?d?out",
    "cache": r"cache|caches|ctx|saved|memo|context|state|stuff|c",
    "table": r"\w*(param|params|conf|config|cfg|opts?|options|settings|kwargs_?)",
    "mode": r"mode",
    "training": r"train|training|is_train(ing)?|train_mode",
    "momentum": r"momentum",
    "running_mean": r"running_mean|moving_mean|mean_run|r_?mean",
    "running_var": r"running_var|moving_var|var_run|r_?var",
    "p": r"p|p_drop|rate|prob|keep_prob|drop_prob|dropout_rate",
    "mask": r"mask|keep_mask|m",
    "count": (
        r"dim|num_features|n_features|features|in_features|size|n|d|D|num_channels|channels|"
        r"n_in|n_out|input_dim|input_size|n_units|num_units|units|normalized_shape|num_inputs"
    ),
}


def meant_by(parameter: str, known: Sequence[str]) -> str:
    """Return which of the known values a parameter's name stands for; empty where it is none of them."""
    for name in known:
        if parameter == name or re.fullmatch(_SYNONYMS.get(name, re.escape(name)), parameter):
            return name
    return ""
