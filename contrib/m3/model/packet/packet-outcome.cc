#include "packet-outcome.h"

#include "packet-simulation.h"

#include <map>

namespace ns3::m3
{

std::string UnfinishedName(Unfinished reason)
{
    switch (reason)
    {
    case Unfinished::NO:
        break;
    case Unfinished::STOP_TIME:
        return "stop-time";
    case Unfinished::NO_PROGRESS:
        return "no-progress";
    case Unfinished::UNREACHABLE:
        return "unreachable";
    case Unfinished::DEADLOCK:
        return "deadlock";
    }
    return "finished";
}

std::string UnfinishedText(const PacketResult& result, uint32_t firstFlow)
{
    std::map<Unfinished, uint64_t> counts;
    for (std::size_t id = firstFlow; id < result.flows.size(); id++)
    {
        counts[result.flows[id].unfinished]++;
    }
    counts.erase(Unfinished::NO);
    std::string text;
    for (const auto& [reason, flows] : counts)
    {
        text += (text.empty() ? "" : ", ") + std::to_string(flows) + " " + UnfinishedName(reason);
    }
    return text;
}

std::string DeadlockText(const FabricGraph& fabric, const PacketResult& result)
{
    if (result.deadlock.empty())
    {
        return "";
    }
    std::string text = "PFC deadlock: paused ports wait for each other in a circle:";
    for (LinkId egress : result.deadlock)
    {
        const FabricLink& link = fabric.Link(egress);
        text += " node " + std::to_string(link.from) + " port " + std::to_string(link.port) + " ->";
    }
    return text + " node " + std::to_string(fabric.Link(result.deadlock.front()).from);
}

PacketCounts CountsOf(const PacketResult& result)
{
    return {result.retransmissions, result.switchDrops, result.linkLosses};
}

} // namespace ns3::m3
