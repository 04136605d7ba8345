def forward_pass(x):
    return x
