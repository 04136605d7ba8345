"""An exported notebook: cells in comments, tries between them, functions defined twice."""
# coding: utf-8

# In[1]:

import numpy as np

# In[2]:

x = np.arange(12.0).reshape(4, 3) ** 2
x.mean(axis=0), x.var(axis=0)

# In[3]:


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    return gamma * (x - x.mean()) / x.std() + beta, None


# In[7]:  again, with axis


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mu, var = x.mean(axis=0), x.var(axis=0)
    z = (x - mu) / np.sqrt(var + eps)
    return gamma * z + beta, (z, var, eps, gamma)


# In[8]:

y, memory = batchnorm_forward(x, np.ones(3), np.zeros(3))
y.mean(axis=0).round(6)

# In[11]:


def batchnorm_backward(dout, cache):
    z, var, eps, gamma = cache
    n = z.shape[0]
    J1 = np.eye(n) - 1 / n
    dz = gamma * dout
    pieces = []
    for k in range(z.shape[1]):
        J = J1 - np.outer(z[:, k], z[:, k]) / n
        pieces.append(J @ dz[:, k] / np.sqrt(var[k] + eps))
    return np.column_stack(pieces), np.diag(z.T @ dout), dout.T @ np.ones(n)


# In[12]:

batchnorm_backward(np.ones((4, 3)), memory)[0].round(6)
