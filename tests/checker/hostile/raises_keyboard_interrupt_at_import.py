def interrupted():
    raise KeyboardInterrupt


constant = interrupted()
