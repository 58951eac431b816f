// SPDX-License-Identifier: GPL-2.0-only
#include "packet-truth.h"

#include "config/ideal-fcts-of-run.h"
#include "core/random-stream.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-slowdown-report.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

namespace
{

/// Limits of a run that is drawn for a number of packet transmissions.
PacketRunOptions LimitsOf(double packetHops)
{
    constexpr double MAX_OVER = 2;
    constexpr double MAX_EVENTS = 20; // per packet transmission; 4 is usual
    PacketRunOptions run;
    run.maxDataHops = static_cast<uint64_t>(MAX_OVER * packetHops);
    run.maxEvents = static_cast<uint64_t>(MAX_EVENTS * packetHops);
    return run;
}

PacketResult RunAffordably(TrainingScenario& scenario, double packetHops)
{
    const PacketRunOptions run = LimitsOf(packetHops);
    const std::size_t drawn = scenario.flows.size();
    PacketResult result = RunPacketSimulation(scenario.fabric, scenario.config, scenario.flows, run);
    while (result.beyondLimits && scenario.flows.size() >= 4)
    {
        scenario.flows.resize(scenario.flows.size() / 4);
        result = RunPacketSimulation(scenario.fabric, scenario.config, scenario.flows, run);
    }
    if (scenario.flows.size() < drawn)
    {
        scenario.description += ", the first " + std::to_string(scenario.flows.size());
    }
    return result;
}

TrainingScenario NetworkOf(const ScheduleScenario& drawn)
{
    return {drawn.fabric, {}, drawn.config, 0, drawn.description, {}};
}

} // namespace

PacketTruth::PacketTruth(TrainingScenario drawn, double packetHops)
    : scenario(std::move(drawn)),
      routes(scenario.fabric, scenario.config.mode),
      config(scenario.config.Resolve(scenario.fabric, routes))
{
    const PacketResult result = RunAffordably(scenario, packetHops);
    IdealFctsOfRun ideals(scenario.fabric, routes, config);
    for (std::size_t id = 0; id < result.flows.size(); id++)
    {
        const Flow& flow = scenario.flows[id];
        const int64_t ideal = ideals.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort);
        usable.push_back(result.flows[id].unfinished == Unfinished::NO);
        slowdown.push_back(SlowdownOf(result.flows[id].receiverFctNs, ideal));
    }
}

PacketTruth::PacketTruth(const std::function<ScheduleScenario(double packetHops)>& draw, double packetHops)
    : scenario(NetworkOf(draw(packetHops))),
      routes(scenario.fabric, scenario.config.mode),
      config(scenario.config.Resolve(scenario.fabric, routes))
{
    constexpr double FEWEST_HOPS = 1000;
    double hops = packetHops;
    ScheduleScenario drawn = draw(hops);
    PacketRunOptions run = LimitsOf(packetHops);
    run.schedule = &drawn.schedule;
    PacketResult result = RunPacketSimulation(scenario.fabric, scenario.config, drawn.schedule.Flows(), run);
    while (result.beyondLimits && hops > FEWEST_HOPS)
    {
        hops /= 4;
        drawn = draw(hops);
        result = RunPacketSimulation(scenario.fabric, scenario.config, drawn.schedule.Flows(), run);
    }
    scenario.description = drawn.description;
    ListedRun list = ListFlows(scenario.fabric, routes, config, drawn.schedule, result);
    scenario.flows = std::move(list.flows);
    scheduled = std::move(list.scheduled);
    usable = std::move(list.finished);
    slowdown = std::move(list.slowdown);
}

bool PacketTruth::Usable(const std::vector<uint32_t>& flows) const
{
    return std::all_of(flows.begin(), flows.end(), [this](uint32_t id) { return usable[id]; });
}

std::vector<uint32_t>
SelectFlows(const FlowList& flows, const std::vector<bool>& usable, uint32_t maxFlows, uint64_t seed)
{
    const SizeClasses classes;
    std::vector<std::vector<uint32_t>> byClass(classes.Count());
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        if (usable[id])
        {
            byClass[classes.ClassOf(flows[id].sizeBytes)].push_back(id);
        }
    }
    RandomStream random(seed);
    std::vector<uint32_t> selection;
    std::sort(byClass.begin(), byClass.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (std::size_t i = 0; i < byClass.size(); i++)
    {
        auto& ids = byClass[i];
        const std::size_t share = (maxFlows - selection.size()) / (byClass.size() - i);
        for (std::size_t k = 0; k < std::min(share, ids.size()); k++)
        {
            std::swap(ids[k], ids[random.Integer(k, ids.size() - 1)]);
            selection.push_back(ids[k]);
        }
    }
    std::sort(selection.begin(), selection.end());
    return selection;
}

} // namespace ns3::m3
