#! /usr/bin/env python3

# Every example, as test.py takes it: (command, do run, do run with valgrind). Those that are not run need input files,
# write files, or take minutes.
cpp_examples = [
    ("m3-first --engine=packet", "True", "False"),
    ("m3-first --engine=flowsim", "True", "False"),
    ("m3-first --engine=parsimon", "True", "False"),
    ("m3-compare --racks=2 --hosts=2 --count=500 --engines=packet,flowsim", "True", "False"),
    ("m3-estimate --racks=2 --hosts=2 --count=500 --engine=packet", "True", "False"),
    ("m3-bench", "False", "False"),
    ("m3-datagen", "False", "False"),
    ("m3-eval", "False", "False"),
    ("m3-flowsim", "False", "False"),
    ("m3-packet", "False", "False"),
    ("m3-sweep", "False", "False"),
]
python_examples = []
