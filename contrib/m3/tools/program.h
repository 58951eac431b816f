// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROGRAM_H
#define M3_PROGRAM_H

#include "ns3/m3-text-file.h"

#include <cstdio>
#include <exception>
#include <new>
#include <string>

namespace ns3::m3
{

/// Prints what readers of input noted, a line each.
inline void PrintNotes(const char* program, const InputNotes& notes)
{
    for (const std::string& note : notes)
    {
        std::fprintf(stderr, "%s: note: %s\n", program, note.c_str());
    }
}

/// What an exception says, in one line.
inline std::string MessageOf(const std::exception& error)
{
    if (dynamic_cast<const std::bad_alloc*>(&error))
    {
        return "there is not enough memory for this";
    }
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

/// Runs a program's main part: wrong input becomes one line and exit code 1.
template <typename Main>
int RunProgram(const char* name, Main main)
{
    try
    {
        return main();
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "%s: %s\n", name, MessageOf(error).c_str());
        return 1;
    }
}

} // namespace ns3::m3

#endif // M3_PROGRAM_H
