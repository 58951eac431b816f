// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROVENANCE_H
#define M3_PROVENANCE_H

#include <string>

namespace ns3::m3
{

/// Returns the commit of the source tree, as `git describe` gives it, with "-dirty" if files of the module have been
/// changed since. For an installed program, or without a git tree, it is the commit at configuration time.
const std::string& ProgramCommit();

/// Model and number of processors, as in "AMD EPYC 7763, 2 cores".
const std::string& MachineText();

} // namespace ns3::m3

#endif // M3_PROVENANCE_H
