class Meta(type):
    def __getattribute__(cls, name):
        raise OSError("no attributes")

    def __call__(cls, *arguments):
        raise OSError("no objects")


class BatchNorm(metaclass=Meta):
    def forward(self, x):
        return x

    def backward(self, grad):
        return grad
