import numpy as np

%matplotlib inline
%load_ext autoreload
!pip install numpy
