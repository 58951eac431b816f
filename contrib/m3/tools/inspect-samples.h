// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INSPECT_SAMPLES_H
#define M3_INSPECT_SAMPLES_H

#include <string>

namespace ns3::m3
{

/// Prints the contents of the sample files of a folder, or of its path map files if it has any. \return the exit code
/// \throws InputError if there is no file, or a damaged one
int InspectSamples(const std::string& folder);

} // namespace ns3::m3

#endif // M3_INSPECT_SAMPLES_H
