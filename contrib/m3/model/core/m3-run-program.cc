// SPDX-License-Identifier: GPL-2.0-only
#include "m3-run-program.h"

#include <cstdio>
#include <new>

namespace ns3::m3
{

void PrintNotes(const char* program, const InputNotes& notes)
{
    for (const std::string& note : notes)
    {
        std::fprintf(stderr, "%s: note: %s\n", program, note.c_str());
    }
}

std::string MessageOf(const std::exception& error)
{
    if (dynamic_cast<const std::bad_alloc*>(&error))
    {
        return "there is not enough memory for this";
    }
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

int RunProgram(const char* name, const std::function<int()>& body)
{
    try
    {
        return body();
    }
    catch (const std::exception& error)
    {
        std::fprintf(stderr, "%s: %s\n", name, MessageOf(error).c_str());
        return 1;
    }
}

} // namespace ns3::m3
