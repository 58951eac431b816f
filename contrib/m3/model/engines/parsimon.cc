// SPDX-License-Identifier: GPL-2.0-only
#include "parsimon.h"

#include "delay-buckets.h"
#include "parts/link-clusters.h"
#include "parts/link-decomposition.h"

#include "core/in-order.h"
#include "core/random-stream.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-packet-simulation.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

namespace
{

/// What the simulation of one link gives.
struct LinkResult
{
    DelayBuckets delays;
    uint64_t unfinished = 0;
    PacketCounts counts;
};

LinkResult SimulateLink(const LinkScenario& scenario)
{
    const PacketResult result = RunPacketSimulationStandalone(scenario.fabric, scenario.config, scenario.flows);
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    const uint32_t headerBytes = scenario.config.HeaderBytes();
    LinkResult link;
    link.counts = CountsOf(result);
    std::vector<DelaySample> samples;
    samples.reserve(scenario.flows.size());
    Route route;
    for (std::size_t i = 0; i < scenario.flows.size(); i++)
    {
        const Flow& flow = scenario.flows[i];
        if (result.flows[i].unfinished != Unfinished::NO)
        {
            link.unfinished++;
            continue;
        }
        routes.FirstRoute(flow.src, flow.dst, route);
        const int64_t delayNs = result.flows[i].receiverFctNs -
                                IdealFctNs(scenario.fabric, route, flow.sizeBytes, headerBytes, scenario.config.mode);
        const auto packets = static_cast<double>(PacketCount(flow.sizeBytes));
        samples.push_back(
            {flow.sizeBytes, static_cast<float>(static_cast<double>(std::max<int64_t>(0, delayNs)) / packets)});
    }
    link.delays = DelayBuckets(std::move(samples));
    return link;
}

} // namespace

ParsimonEstimate RunParsimon(const ParsimonInput& input)
{
    const LinkDecomposition network(input.fabric, input.routes, input.config, input.flows);
    const std::vector<LoadedLink>& links = network.Links();

    std::vector<LinkTraits> traits(links.size());
    InOrder(
        links.size(),
        input.threads,
        [&](std::size_t i) { return TraitsOf(input.fabric, input.flows, network, links[i]); },
        [&](std::size_t i, LinkTraits&& of) { traits[i] = std::move(of); });
    const std::vector<uint32_t> standsFor = ClusterLinks(traits);

    std::vector<uint32_t> simulated;
    uint64_t work = 0; // flows of all simulations
    for (uint32_t i = 0; i < links.size(); i++)
    {
        if (standsFor[i] == i)
        {
            simulated.push_back(i);
            work += links[i].flows.size();
        }
    }
    // the longest first, so that no thread is left alone with one at the end
    std::stable_sort(simulated.begin(),
                     simulated.end(),
                     [&](uint32_t a, uint32_t b)
                     {
                         const auto bits = [&](uint32_t i)
                         { return links[i].load * static_cast<double>(traits[i].bitsPerSecond); };
                         return bits(a) > bits(b);
                     });

    ParsimonEstimate estimate;
    estimate.links = static_cast<uint32_t>(links.size());
    estimate.simulations = static_cast<uint32_t>(simulated.size());
    std::vector<DelayBuckets> delays(links.size());
    uint64_t done = 0;
    InOrder(
        simulated.size(),
        input.threads,
        [&](std::size_t i) { return SimulateLink(network.Scenario(links[simulated[i]])); },
        [&](std::size_t i, LinkResult&& result)
        {
            delays[simulated[i]] = std::move(result.delays);
            estimate.unfinished += result.unfinished;
            estimate.counts += result.counts;
            done += links[simulated[i]].flows.size();
            if (input.progress)
            {
                input.progress(input.flows.size() * done / work, input.flows.size());
            }
        });

    std::vector<const DelayBuckets*> delaysOf(input.fabric.LinkCount(), nullptr);
    for (std::size_t i = 0; i < links.size(); i++)
    {
        delaysOf[links[i].link] = &delays[standsFor[i]];
    }
    RandomStream random(input.seed);
    estimate.fctNs.reserve(input.flows.size());
    estimate.idealNs.reserve(input.flows.size());
    for (uint32_t id = 0; id < input.flows.size(); id++)
    {
        const uint64_t size = input.flows[id].sizeBytes;
        double perPacket = 0;
        for (const LinkId link : network.RouteOf(id))
        {
            perPacket += delaysOf[link]->Draw(size, random.Uniform());
        }
        estimate.idealNs.push_back(network.IdealNsOf(id));
        estimate.fctNs.push_back(network.IdealNsOf(id) + static_cast<double>(PacketCount(size)) * perPacket);
    }
    return estimate;
}

} // namespace ns3::m3
