gamma = 1
beta = gamma / 0
