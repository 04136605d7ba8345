


def act():
    line = "spam " * 200_000
    for _ in range(1000):
        print(line)
