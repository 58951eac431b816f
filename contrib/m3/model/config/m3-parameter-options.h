// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARAMETER_OPTIONS_H
#define M3_PARAMETER_OPTIONS_H

namespace ns3::m3
{

class ProgramOptions;
struct RdmaConfig;

/// Adds an option for the congestion control, and one for each parameter of AllParameters(). Of a value that can be
/// unset, the word `default` (and -1) takes it back. \param config must live as long as the options
void AddParameterOptions(ProgramOptions& program, RdmaConfig& config);

} // namespace ns3::m3

#endif // M3_PARAMETER_OPTIONS_H
