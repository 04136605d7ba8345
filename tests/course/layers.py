"""Whole lessons for the tests of lint: every node has its prose."""

FRONT = """\
+++
format = 1
title = "A layer"

[sizes]
{sizes}

{switches}

[inputs]
{inputs}
+++

"""
INPUTS = 'x = { shape = ["N", "D"] }\nw = { shape = ["D"] }'
BODY = """\
```graph
sq = x ** 2
out = w * sq
```

```backward
dsq = w * dout
dw = sum(dout * sq, axis=0)
dx = 2 * x * dsq
```

"""


def lesson(body=BODY, inputs=INPUTS, sizes="N = 4\nD = 3", switches=""):
    """Return a lesson with prose for every node that one of its graphs has."""
    if switches:
        switches = f"[switches]\n{switches}"
    names = dict.fromkeys(
        line.partition("=")[0].strip()
        for block in body.split("```graph")[1:]
        for line in block.split("```")[0].splitlines()[1:]
        if "=" in line
    )
    prose = "".join(f"## {name}\n\none\n\n### backward\n\ntwo\n\n" for name in names)
    return FRONT.format(sizes=sizes, switches=switches, inputs=inputs) + body + prose


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


SWITCHED = """\
```graph when mode = twice
out = 2 * x
```

```graph when mode = thrice
out = 3 * x * factor
```

```backward when mode = twice
dx = 2 * dout
```

```backward when mode = thrice
dx = 3 * factor * dout
```
"""
SWITCHES = "mode = ['twice', 'thrice']\nfactor = [1, 5]"


def switched(body=SWITCHED):
    return lesson(body, 'x = { shape = ["N", "D"] }', switches=SWITCHES)
