class Constants:
    while True:
        pass
