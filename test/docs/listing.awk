# Makes one program of the C++ listings of a page: the first one, a whole program, with each later one at the end of its
# main.
/^```cpp$/ { inside = 1; count++; next }
/^```/ { inside = 0; next }
inside && count == 1 && $0 == "}" { isWhole = 1; next }
inside { program = program $0 "\n" }
END {
    if (!isWhole) { print FILENAME ": has no program" > "/dev/stderr"; exit 1 }
    printf "%s}\n", program
}
