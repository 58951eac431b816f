# AliStorage flow sizes, mean 4.133e+04 bytes.
# Source: Li et al., "HPCC: High Precision Congestion Control", SIGCOMM 2019.
# bytes  share of flows up to this size in percent; linear in between, an atom at the first size above 0 %
4000 22.93
8000 69.21
16000 80.61
32000 90.47
64000 93.53
128000 96.77
256000 97.53
2000000 100
