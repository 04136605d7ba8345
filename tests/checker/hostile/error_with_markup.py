def batchnorm_forward(x, gamma, beta, eps):
    raise ValueError("[red]x[/red]_[/nothing]")
