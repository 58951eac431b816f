#!/usr/bin/env python3
"""Reads the tables of m3-compare --out=FOLDER --links --by=rack-pair.

    python3 examples/read-tables.py FOLDER
"""
import csv
import sys

folder = sys.argv[1]
with open(folder + "/links.csv", newline="") as file:
    links = list(csv.DictReader(file))
with open(folder + "/labels.csv", newline="") as file:
    labels = list(csv.DictReader(file))

links.sort(key=lambda row: float(row["tail_delay_share"] or 0), reverse=True)
for row in links[:5]:
    queue = row["queue_p99_bytes"] or "unknown"
    print(f'{row["name"]} ({row["place"]}): {100 * float(row["tail_delay_share"] or 0):.1f} % of the delay of the tail, '
          f'used to {100 * float(row["utilisation"]):.0f} %, queue p99 in bytes: {queue}')

worst = max(labels, key=lambda row: float(row["p99_slowdown"] or 0))
print(f'slowest: {worst["label"]}, p99 slowdown {float(worst["p99_slowdown"]):.2f} of {worst["flows"]} flows')
