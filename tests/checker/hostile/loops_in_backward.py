def batchnorm_backward(dout, cache):
    while True:
        dout = dout * 1.0
