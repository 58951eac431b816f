#! /usr/bin/env python3

# Examples that test.py runs: (command, do run, do run with valgrind).
cpp_examples = [
    ("m3-first --engine=packet", "True", "False"),
    ("m3-first --engine=flowsim", "True", "False"),
    ("m3-compare --racks=2 --hosts=2 --count=500 --engines=packet,flowsim", "True", "False"),
]
python_examples = []
