// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_NS3_ARGUMENTS_H
#define M3_NS3_ARGUMENTS_H

#include "ns3/m3-program-options.h"

namespace ns3::m3
{

/**
 * Reads the command line of a program that uses ns-3: its own options and those of every ns-3 program. The latter are
 * global values (--RngRun=2), defaults of attributes (--ns3::m3::RdmaNetwork::Pfc=false) and lists (--PrintTypeIds),
 * after which the program ends.
 * \return false after --help or --version, whose text is printed
 * \throws InputError for the first wrong word
 */
bool ParseArguments(ProgramOptions& options, int argc, char* argv[]);

} // namespace ns3::m3

#endif // M3_NS3_ARGUMENTS_H
