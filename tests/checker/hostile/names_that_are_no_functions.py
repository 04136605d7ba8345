batchnorm_forward = 3
batchnorm_backward = "later"
