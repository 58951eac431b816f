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

/// Adds the options of load balancing and recovery alone, which config files of the HPCC simulator do not have.
void AddStrategyOptions(ProgramOptions& program, RdmaConfig& config);

/// Gives a configuration the load balancing, the recovery and their parameters of another one.
void CopyStrategies(const RdmaConfig& from, RdmaConfig& to);

} // namespace ns3::m3

#endif // M3_PARAMETER_OPTIONS_H
