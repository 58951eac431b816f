// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PROVENANCE_H
#define M3_PROVENANCE_H

#include <string>

namespace ns3::m3
{

/// Returns the commit of the source tree, as `git describe` says it, "-dirty" where files of the module were changed
/// since; of an installed program, or where there is no git tree any more, that of when the build was configured.
const std::string& ProgramCommit();

/// Model and number of processors, as in "AMD EPYC 7763, 2 cores".
const std::string& MachineText();

} // namespace ns3::m3

#endif // M3_PROVENANCE_H
