// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INSPECT_SAMPLES_H
#define M3_INSPECT_SAMPLES_H

#include <string>

namespace ns3::m3
{

/// Prints what the sample files of a folder hold, or its files of path maps if it has any. \return the exit code
/// \throws InputError if there is none, or one is damaged
int InspectSamples(const std::string& folder);

} // namespace ns3::m3

#endif // M3_INSPECT_SAMPLES_H
