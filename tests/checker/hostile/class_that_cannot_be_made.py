class BatchNorm:
    def __init__(self, gamma, beta, eps):
        raise ValueError("not today")

    def forward(self, x):
        return x

    def backward(self, grad):
        return grad
