// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FEATURE_SCHEMA_H
#define M3_FEATURE_SCHEMA_H

#include "input-row.h"
#include "link-history.h"

#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-timely.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

namespace ns3::m3
{

/**
 * Version of the schemas below. A new input is a row at the end of its schema and a version more. Checkpoints for
 * versions from 5 on go on answering by the inputs that they had; a training from one begins with weight 0 for the new
 * input. Samples are of one version.
 */
inline constexpr uint32_t FEATURE_VERSION = 6;

/// \ingroup m3-features
/// What the inputs of a flow are computed of.
struct FlowFacts
{
    const RdmaConfig& config; //!< Configuration as the flow's NIC has it.
    double unitNs;            //!< Base RTT that time and bytes are counted in.
    double nicBps;            //!< Rate of the NIC that the flow leaves by.
    double bdpBytes;          //!< Bandwidth-delay product of that rate and unitNs.
    double windowBytes;       //!< Window, at most 100 BDPs.
    double ecnMinBytes;       //!< ECN threshold (Kmin, or K) of a port of the NIC's rate.
    double ecnMaxBytes;       //!< Kmax of such a port.
    double ecnMaxProbability; //!< Marking probability at Kmax.
    bool dctcp;               //!< Whether the flow runs under this control.
    bool dcqcn;               //!< The same.
    bool hpcc;                //!< The same.
    bool timely;              //!< The same.
    bool uncontrolled;        //!< Whether it runs under none.
    uint64_t sizeBytes;       //!< Payload.
    double packets;           //!< Number of packets.
    double wireBytes;         //!< Payload and headers.
    double links;             //!< Number of links of the route.
    double idealNs;           //!< Ideal FCT.
    double fluidSlowdown;     //!< Slowdown that flowSim gives.
    double slowestBps;        //!< Rate of the slowest link of the route.
    double routeRttNs;        //!< Base RTT of the route.
    double lossShare;         //!< Share of its packets that links of the route lose.

    /// Logarithm of a rate over that of the NIC. \param rate bit/s, 1 where there is none
    double LogOfRate(const std::optional<uint64_t>& rate) const
    {
        return LogOfInput(static_cast<double>(rate.value_or(1)) / nicBps);
    }

    /// Logarithm of a time in base RTTs.
    double LogOfTime(int64_t timeNs) const
    {
        return LogOfInput(static_cast<double>(timeNs) / unitNs);
    }
};

/// \ingroup m3-features
/// What a flow meets at a link of its route when it starts, itself left out.
struct HopFacts
{
    const LinkHistory& link;    //!< The link.
    const LinkHistory& reverse; //!< Its other direction.
    std::size_t hop;            //!< Place of the link in the route, from 0.
    std::size_t hops;           //!< Number of links of the route.
    double nowNs;               //!< Start of the flow.
    double unitNs;              //!< As in FlowFacts.
    double nicBps;              //!< As in FlowFacts.
    double bdpBytes;            //!< As in FlowFacts.
    double linkBps;             //!< Rate of the link.
    double delayNs;             //!< Its propagation delay.
    double perRttBytes;         //!< What it moves in a base RTT.
    bool ofSwitch;              //!< Whether a switch sends on the link, not a host.
    double poolBytes;           //!< Shared pool of that switch.
    double logPoolOverPorts;    //!< Logarithm of the pool over what all its ports move in a base RTT; 0 of hosts.
    double nodeQueueBytes;      //!< Windows queued before all links of the node.
    double nodePerRttBytes;     //!< What all its ports move in a base RTT.
    bool holdsFlow;             //!< Whether the link is what holds the flow down for most of its bits.
    double errorRate;           //!< Share of packets that the link loses.

    /// Time that the link takes to send some bytes, as it is stored.
    double Delay(double bytes) const
    {
        return std::log1p(bytes / perRttBytes);
    }

    /// What arrived at a direction lately over what it moves, as it is stored. \param span in LinkHistory::RECENT_RTTS
    double Arrived(const LinkHistory& of, std::size_t span) const
    {
        return std::log1p(of.recent[span] / (perRttBytes * LinkHistory::RECENT_RTTS[span]));
    }
};

/// \ingroup m3-features
/// What was on a link of a flow's route while the flow was in transfer, the flow itself left out.
struct HopLifetimeFacts
{
    double unitNs;     //!< As in FlowFacts.
    double bdpBytes;   //!< As in FlowFacts.
    double capacity;   //!< Of the link, bytes per ns.
    double lifetimeNs; //!< Fluid FCT of the flow, at least a base RTT.
    double bytes;      //!< Bytes that arrived.
    uint32_t flows;    //!< Flows that arrived.
    double heldFlows;  //!< Mean number of flows that the link held down.
    double queueBytes; //!< Mean of the windows queued before it.
    double rate;       //!< Mean rate of others, bytes per ns.
};

/// \ingroup m3-features
/// What came to a link of a flow's route in the base RTT from the start of the flow on, the flow itself left out.
struct HopSoonFacts
{
    double perRttBytes; //!< What the link moves in a base RTT.
    double flows;       //!< Flows that started.
    double windowBytes; //!< Their first windows.
};

/**
 * Inputs of a flow, one row each: name and unit, scale, what computes it. Number, names, ranges and places of the
 * inputs follow from this table. All are without dimension, in base RTTs, bandwidth-delay products and shares of a
 * rate.
 */
inline constexpr InputRow<FlowFacts> FLOW_SCHEMA[] = {
    {"packets of a flow", InputScale::LOG, [](const FlowFacts& f) { return std::log(f.packets); }},
    {"flow size in BDPs", InputScale::LOG, [](const FlowFacts& f) { return LogOfInput(f.wireBytes / f.bdpBytes); }},
    {"fill of the last packet",
     InputScale::PLAIN,
     [](const FlowFacts& f)
     { return (static_cast<double>(f.sizeBytes) - (f.packets - 1) * f.config.payloadBytes) / f.config.payloadBytes; }},
    {"ideal FCT in base RTTs", InputScale::LOG, [](const FlowFacts& f) { return LogOfInput(f.idealNs / f.unitNs); }},
    {"fluid slowdown", InputScale::LOG, [](const FlowFacts& f) { return std::log(f.fluidSlowdown); }},
    {"fluid FCT in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.fluidSlowdown * f.idealNs / f.unitNs); }},
    {"links of a route", InputScale::PLAIN, [](const FlowFacts& f) { return f.links; }},
    {"BDP in packets",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.bdpBytes / f.config.payloadBytes); }},
    {"window in BDPs", InputScale::LOG, [](const FlowFacts& f) { return LogOfInput(f.windowBytes / f.bdpBytes); }},
    {"window follows the rate",
     InputScale::PLAIN,
     [](const FlowFacts& f) { return f.config.variableWindow ? 1.0 : 0.0; }},
    {"slowest link over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.slowestBps / f.nicBps); }},
    {"PFC", InputScale::PLAIN, [](const FlowFacts& f) { return f.config.pfc ? 1.0 : 0.0; }},
    {"DCTCP", InputScale::PLAIN, [](const FlowFacts& f) { return f.dctcp ? 1.0 : 0.0; }},
    {"DCQCN", InputScale::PLAIN, [](const FlowFacts& f) { return f.dcqcn ? 1.0 : 0.0; }},
    {"HPCC", InputScale::PLAIN, [](const FlowFacts& f) { return f.hpcc ? 1.0 : 0.0; }},
    {"TIMELY", InputScale::PLAIN, [](const FlowFacts& f) { return f.timely ? 1.0 : 0.0; }},
    {"no congestion control", InputScale::PLAIN, [](const FlowFacts& f) { return f.uncontrolled ? 1.0 : 0.0; }},
    {"DCTCP K in BDPs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dctcp ? LogOfInput(f.ecnMinBytes / f.bdpBytes) : 0; }},
    {"DCTCP increase over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dctcp ? f.LogOfRate(f.config.Of<DctcpConfig>().aiBps) : 0; }},
    {"DCQCN Kmin in BDPs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dcqcn ? LogOfInput(f.ecnMinBytes / f.bdpBytes) : 0; }},
    {"DCQCN Kmax in BDPs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dcqcn ? LogOfInput(f.ecnMaxBytes / f.bdpBytes) : 0; }},
    {"DCQCN pmax", InputScale::PLAIN, [](const FlowFacts& f) { return f.dcqcn ? f.ecnMaxProbability : 0; }},
    {"DCQCN increase over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dcqcn ? f.LogOfRate(f.config.Of<DcqcnConfig>().aiBps) : 0; }},
    {"DCQCN increase timer in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.dcqcn ? f.LogOfTime(f.config.Of<DcqcnConfig>().increaseTimerNs) : 0; }},
    {"HPCC eta", InputScale::PLAIN, [](const FlowFacts& f) { return f.hpcc ? f.config.Of<HpccConfig>().eta : 0; }},
    {"HPCC increase over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.hpcc ? f.LogOfRate(f.config.Of<HpccConfig>().aiBps) : 0; }},
    {"TIMELY T_low in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.timely ? f.LogOfTime(f.config.Of<TimelyConfig>().tLowNs) : 0; }},
    {"TIMELY T_high in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.timely ? f.LogOfTime(f.config.Of<TimelyConfig>().tHighNs) : 0; }},
    {"TIMELY increase over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.timely ? f.LogOfRate(f.config.Of<TimelyConfig>().aiBps) : 0; }},
    {"minimum rate over NIC rate",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.LogOfRate(f.config.minRateBps); }},
    {"base RTT of a flow in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.routeRttNs / f.unitNs); }},
    {"window in BDPs of the flow's route",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.windowBytes / (f.slowestBps / 8e9 * f.routeRttNs)); }},
    {"retransmission timeout in base RTTs",
     InputScale::LOG,
     [](const FlowFacts& f) { return f.LogOfTime(RetransmissionTimeoutNs(std::llround(f.routeRttNs))); }},
    {"packets of a flow that links lose",
     InputScale::LOG,
     [](const FlowFacts& f) { return LogOfInput(f.packets * f.lossShare); }},
};

/// Inputs of a link of a flow's route, the same.
inline constexpr InputRow<HopFacts, HopLifetimeFacts, HopSoonFacts> HOP_SCHEMA[] = {
    {"place of a link in the route",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.hops > 1 ? static_cast<double>(h.hop) / static_cast<double>(h.hops - 1) : 0; }},
    {"first link", InputScale::PLAIN, [](const HopFacts& h) { return h.hop == 0 ? 1.0 : 0.0; }},
    {"last link", InputScale::PLAIN, [](const HopFacts& h) { return h.hop + 1 == h.hops ? 1.0 : 0.0; }},
    {"rate of a link over NIC rate",
     InputScale::LOG,
     [](const HopFacts& h) { return LogOfInput(h.linkBps / h.nicBps); }},
    {"delay of a link in base RTTs", InputScale::PLAIN, [](const HopFacts& h) { return h.delayNs / h.unitNs; }},
    {"load of a link", InputScale::PLAIN, [](const HopFacts& h) { return h.link.load; }},
    {"load of a link's other direction", InputScale::PLAIN, [](const HopFacts& h) { return h.reverse.load; }},
    {"flows in transfer on a link", InputScale::LOG1P, [](const HopFacts& h) { return std::log1p(h.link.active); }},
    {"large flows in transfer on a link",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.large); }},
    {"bytes in transfer on a link, in BDPs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.activeBytes / h.bdpBytes); }},
    {"arrivals of the last RTT on a link, over its rate",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Arrived(h.link, 0); }},
    {"arrivals of the last 10 RTTs on a link, over its rate",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Arrived(h.link, 1); }},
    {"arrivals of the last 100 RTTs on a link, over its rate",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Arrived(h.link, 2); }},
    {"backlog of a link in base RTTs", InputScale::LOG1P, [](const HopFacts& h) { return h.Delay(h.link.backlog); }},
    {"backlog of first windows on a link, in base RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.windowBacklog); }},
    {"bytes that come during a flow on a link, in BDPs",
     InputScale::LOG1P,
     [](const HopLifetimeFacts& h) { return std::log1p(h.bytes / h.bdpBytes); }},
    {"flows that come during a flow on a link",
     InputScale::LOG1P,
     [](const HopLifetimeFacts& h) { return std::log1p(h.flows); }},
    {"bytes that come during a flow on a link, over its rate",
     InputScale::LOG1P,
     [](const HopLifetimeFacts& h) { return std::log1p(h.bytes / (h.capacity * h.lifetimeNs)); }},
    {"flows in transfer in a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.reverse.active); }},
    {"large flows in transfer in a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.reverse.large); }},
    {"arrivals of the last RTT in a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Arrived(h.reverse, 0); }},
    {"arrivals of the last 10 RTTs in a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Arrived(h.reverse, 1); }},
    {"backlog of first windows in a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.reverse.windowBacklog); }},
    {"shared buffer of a switch over the rates of its ports",
     InputScale::LOG,
     [](const HopFacts& h) { return h.logPoolOverPorts; }},
    {"fluid rate on a link over its capacity",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.link.rate / h.link.capacity; }},
    {"flows that a link holds down", InputScale::LOG1P, [](const HopFacts& h) { return std::log1p(h.link.held); }},
    {"windows of flows that a link holds down, in base RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.heldWindow); }},
    {"bytes left to flows on a link, in BDPs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.RemainingBytes(h.nowNs) / h.bdpBytes); }},
    {"share of the last 10 RTTs in which a link held a flow down",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.link.recentHeld[1]; }},
    {"share of the last 100 RTTs in which a link held a flow down",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.link.recentHeld[2]; }},
    {"windows queued before a link, in base RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.heldQueue); }},
    {"windows queued before a link in the last 10 RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.recentHeldQueue[1]); }},
    {"windows queued before a link in the last 100 RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.recentHeldQueue[2]); }},
    {"windows queued before all links of a switch",
     InputScale::LOG1P,
     [](const HopFacts& h)
     { return std::log1p(std::max(0.0, h.nodeQueueBytes) / std::max(h.nodePerRttBytes, h.perRttBytes)); }},
    {"fluid rate in a link's other direction over its capacity",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.reverse.rate / h.reverse.capacity; }},
    {"flows held down by a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.reverse.held); }},
    {"windows queued before a link's other direction",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.reverse.heldQueue); }},
    {"link that holds the flow down", InputScale::PLAIN, [](const HopFacts& h) { return h.holdsFlow ? 1.0 : 0.0; }},
    {"flows that a link holds down during a flow",
     InputScale::LOG1P,
     [](const HopLifetimeFacts& h) { return std::log1p(h.heldFlows); }},
    {"windows queued before a link during a flow",
     InputScale::LOG1P,
     [](const HopLifetimeFacts& h) { return std::log1p(h.queueBytes / (h.capacity * h.unitNs)); }},
    {"fluid rate of others on a link during a flow over its capacity",
     InputScale::PLAIN,
     [](const HopLifetimeFacts& h) { return h.rate / h.capacity; }},
    {"share of the last 1000 RTTs in which a link held a flow down",
     InputScale::PLAIN,
     [](const HopFacts& h) { return h.link.recentHeld[3]; }},
    {"windows queued before a link in the last 1000 RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return h.Delay(h.link.recentHeldQueue[3]); }},
    {"age of flows in transfer on a link, in base RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.MeanAgeNs(h.nowNs) / h.unitNs); }},
    {"age of flows that a link holds down, in base RTTs",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.MeanHeldAgeNs(h.nowNs) / h.unitNs); }},
    {"shared buffer of a switch in BDPs",
     InputScale::LOG,
     [](const HopFacts& h) { return h.ofSwitch ? LogOfInput(h.poolBytes / h.bdpBytes) : 0; }},
    {"share of packets that a link loses", InputScale::LOG, [](const HopFacts& h) { return LogOfInput(h.errorRate); }},
    {"flows that started in the last RTT on a link",
     InputScale::LOG1P,
     [](const HopFacts& h) { return std::log1p(h.link.recentFlows); }},
    {"flows that start in the next RTT on a link",
     InputScale::LOG1P,
     [](const HopSoonFacts& h) { return std::log1p(h.flows); }},
    {"first windows of the next RTT on a link, over its rate",
     InputScale::LOG1P,
     [](const HopSoonFacts& h) { return std::log1p(h.windowBytes / h.perRttBytes); }},
};

inline constexpr uint32_t FLOW_INPUTS = std::size(FLOW_SCHEMA); //!< Number of inputs of a flow.
inline constexpr uint32_t HOP_INPUTS = std::size(HOP_SCHEMA);   //!< Number of inputs of a link of its route.

inline constexpr auto FLOW_INPUT_NAMES = NamesOf(FLOW_SCHEMA); //!< In their order in FlowFeatures::flow.
inline constexpr auto HOP_INPUT_NAMES = NamesOf(HOP_SCHEMA);   //!< In their order in FlowFeatures::hop.

// Places of inputs of a flow that are read, by their names.
inline constexpr uint32_t LOG_IDEAL = PlaceOf(FLOW_SCHEMA, "ideal FCT in base RTTs");         //!< Place of that input.
inline constexpr uint32_t LOG_FLUID = PlaceOf(FLOW_SCHEMA, "fluid slowdown");                 //!< Place of that input.
inline constexpr uint32_t HAS_PFC = PlaceOf(FLOW_SCHEMA, "PFC");                              //!< Place of that input.
inline constexpr uint32_t IS_DCTCP = PlaceOf(FLOW_SCHEMA, "DCTCP");                           //!< Place of that input.
inline constexpr uint32_t IS_DCQCN = PlaceOf(FLOW_SCHEMA, "DCQCN");                           //!< Place of that input.
inline constexpr uint32_t IS_HPCC = PlaceOf(FLOW_SCHEMA, "HPCC");                             //!< Place of that input.
inline constexpr uint32_t IS_TIMELY = PlaceOf(FLOW_SCHEMA, "TIMELY");                         //!< Place of that input.
inline constexpr uint32_t IS_UNCONTROLLED = PlaceOf(FLOW_SCHEMA, "no congestion control");    //!< Place of that input.
inline constexpr uint32_t LOG_DCTCP_K = PlaceOf(FLOW_SCHEMA, "DCTCP K in BDPs");              //!< Place of that input.
inline constexpr uint32_t LOG_DCQCN_KMIN = PlaceOf(FLOW_SCHEMA, "DCQCN Kmin in BDPs");        //!< Place of that input.
inline constexpr uint32_t LOG_DCQCN_KMAX = PlaceOf(FLOW_SCHEMA, "DCQCN Kmax in BDPs");        //!< Place of that input.
inline constexpr uint32_t LOG_TIMELY_LOW = PlaceOf(FLOW_SCHEMA, "TIMELY T_low in base RTTs"); //!< Place of that input.
inline constexpr uint32_t LOG_TIMELY_HIGH =
    PlaceOf(FLOW_SCHEMA, "TIMELY T_high in base RTTs"); //!< Place of that input.

// Places of inputs of a link that are read, by their names.
inline constexpr uint32_t IS_FIRST = PlaceOf(HOP_SCHEMA, "first link");      //!< Place of that input.
inline constexpr uint32_t LINK_LOAD = PlaceOf(HOP_SCHEMA, "load of a link"); //!< Place of that input.
inline constexpr uint32_t REVERSE_LOAD =
    PlaceOf(HOP_SCHEMA, "load of a link's other direction"); //!< Place of that input.
inline constexpr uint32_t WINDOW_BACKLOG =
    PlaceOf(HOP_SCHEMA, "backlog of first windows on a link, in base RTTs"); //!< Place of that input.
inline constexpr uint32_t QUEUE =
    PlaceOf(HOP_SCHEMA, "windows queued before a link, in base RTTs"); //!< Place of that input.
inline constexpr uint32_t RECENT_QUEUE =
    PlaceOf(HOP_SCHEMA, "windows queued before a link in the last 10 RTTs"); //!< Place of that input.
inline constexpr uint32_t LIFETIME_QUEUE =
    PlaceOf(HOP_SCHEMA, "windows queued before a link during a flow");                         //!< Place of that input.
inline constexpr uint32_t LOG_POOL = PlaceOf(HOP_SCHEMA, "shared buffer of a switch in BDPs"); //!< Place of that input.

} // namespace ns3::m3

#endif // M3_FEATURE_SCHEMA_H
