// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_BUILT_IN_ENGINES_H
#define M3_BUILT_IN_ENGINES_H

#include "ns3/m3-engine.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3::m3
{

/// Returns the packet engine, but a run that needs more than `maxEvents` events (about 4 per data packet and link)
/// throws GivenUp.
std::unique_ptr<Engine> MakeLimitedPacketEngine(uint64_t maxEvents);

// An engine and its variants, from the file of its name. A new one gets a line here and in BUILT_IN_ENGINES.
std::vector<EngineEntry> PacketEngines();    //!< packet-level: the truth
std::vector<EngineEntry> FlowsimEngines();   //!< max-min fluid
std::vector<EngineEntry> ParsimonEngines();  //!< packet-level, link by link; delays are added up (NSDI 2023)
std::vector<EngineEntry> M3Engines();        //!< flowSim corrected by a trained model
std::vector<EngineEntry> SampledEngines();   //!< every packet of sampled windows of time
std::vector<EngineEntry> PublishedEngines(); //!< the published method (SIGCOMM 2024)

/// All of them, in the order in which they are listed.
inline constexpr std::vector<EngineEntry> (*BUILT_IN_ENGINES[])() =
    {PacketEngines, FlowsimEngines, ParsimonEngines, M3Engines, SampledEngines, PublishedEngines};

} // namespace ns3::m3

#endif // M3_BUILT_IN_ENGINES_H
