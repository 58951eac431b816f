#ifndef M3_PROGRAM_H
#define M3_PROGRAM_H

#include <cstdio>
#include <exception>

namespace ns3::m3
{

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
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

} // namespace ns3::m3

#endif // M3_PROGRAM_H
