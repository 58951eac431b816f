# WebSearch flow sizes, mean 1.712e+06 bytes.
# Source: Alizadeh et al., "Data Center TCP (DCTCP)", SIGCOMM 2010.
# bytes  share of flows up to this size in percent; linear in between, an atom at the first size above 0 %
10000 15
20000 20
30000 30
50000 40
80000 53
200000 60
1000000 70
2000000 80
5000000 90
10000000 97
30000000 100
