def batchnorm_forward(x, gamma, beta, eps):
<<<<<<< HEAD
    return x, None
=======
    return gamma * x + beta, None
>>>>>>> mine
