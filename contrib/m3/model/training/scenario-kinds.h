// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_KINDS_H
#define M3_SCENARIO_KINDS_H

#include "space-parts.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/// A network and what to call it.
struct DrawnNetwork
{
    FabricGraph fabric;      //!< the network
    std::string description; //!< one line for people
};

/// A kind of scenarios beyond fabrics of equal hosts with open-loop traffic. What it leaves out is drawn as elsewhere.
struct ScenarioKind
{
    const char* name;                                                                //!< in options and samples
    double share;                                                                    //!< weight among the kinds
    const char* text;                                                                //!< what it is
    DrawnNetwork (*network)(RandomStream& random, const HostRange& range) = nullptr; //!< draws its network
    DrawOfConfig config = nullptr;                                                   //!< changes a drawn configuration
    void (*traffic)(TrafficDraw& draw) = nullptr;                                    //!< draws its traffic
};

/// Returns all kinds.
const std::vector<ScenarioKind>& ScenarioKinds();

// networks (kinds-of-networks.cc)
DrawnNetwork DrawMixedRates(RandomStream& random, const HostRange& range);  //!< racks of unequal hosts and uplinks
DrawnNetwork DrawFatTree(RandomStream& random, const HostRange& range);     //!< k of 4 to 16, whatever the range
DrawnNetwork DrawTwoHomed(RandomStream& random, const HostRange& range);    //!< every host at two leaves
DrawnNetwork DrawRingOrTorus(RandomStream& random, const HostRange& range); //!< of switches, with hosts at each
DrawnNetwork DrawFarOrNear(RandomStream& random, const HostRange& range);   //!< 25 ns to 10 ms, 1 to 800 Gb/s
DrawnNetwork DrawLossyLinks(RandomStream& random, const HostRange& range);  //!< links that lose packets

// traffic (kinds-of-traffic.cc)
void DrawIncast(TrafficDraw& draw);           //!< bursts of many hosts to one, beside other flows
void DrawIncastAlone(TrafficDraw& draw);      //!< the same alone, periodic or once
void DrawRackBursts(TrafficDraw& draw);       //!< bursts of all hosts to those of a rack, beside other flows
void DrawPermutations(TrafficDraw& draw);     //!< every host sends as much to another one, at once, again and again
void DrawAllToAll(TrafficDraw& draw);         //!< every host of a group sends to every other one at once
void DrawFewFlows(TrafficDraw& draw);         //!< 1 to 100 flows
void DrawMice(TrafficDraw& draw);             //!< flows of one packet
void DrawElephantsAndMice(TrafficDraw& draw); //!< nearly all bytes are those of a few large flows
void DrawOnOff(TrafficDraw& draw);            //!< hosts that send now and then
void DrawGrowing(TrafficDraw& draw);          //!< a load that grows
void DrawHeavyLoad(TrafficDraw& draw);        //!< bursty traffic of a high load

} // namespace ns3::m3

#endif // M3_SCENARIO_KINDS_H
