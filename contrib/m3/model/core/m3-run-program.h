// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RUN_PROGRAM_H
#define M3_RUN_PROGRAM_H

#include "ns3/m3-text-file.h"

#include <exception>
#include <functional>
#include <string>

namespace ns3::m3
{

/// Prints what readers of input noted to the standard error output, one line each, after the program's name.
void PrintNotes(const char* program, const InputNotes& notes);

/// Returns what an exception says, in one line.
std::string MessageOf(const std::exception& error);

/**
 * Runs the body of a program. An exception, such as an InputError, becomes one line on the standard error output.
 * \param name name of the program, which starts that line
 * \param body returns the exit code
 * \return exit code of body, 1 after an exception
 */
int RunProgram(const char* name, const std::function<int()>& body);

} // namespace ns3::m3

#endif // M3_RUN_PROGRAM_H
