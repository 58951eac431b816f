// SPDX-License-Identifier: GPL-2.0-only
#include "parsimon.h"

#include "built-in-engines.h"
#include "deal-work.h"
#include "delay-buckets.h"
#include "packet-traits.h"
#include "per-flow-times.h"

#include "core/in-order.h"
#include "core/random-stream.h"
#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/replication.h"
#include "parts/link-clusters.h"
#include "parts/link-decomposition.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

/// What the simulation of one link gives.
struct LinkResult
{
    std::vector<DelaySample> samples; //!< of the flows that ended
    /// Where flows wait for others, delay of each flow of the link, 0 of those that did not end.
    std::vector<double> ownNs;
    uint64_t unfinished = 0;
    PacketCounts counts;
};

/// \param keepsOwn whether the result has the delays of single flows
LinkResult SimulateLink(const LinkScenario& scenario, bool keepsOwn)
{
    const PacketResult result = RunPacketSimulationStandalone(scenario.fabric, scenario.config, scenario.flows);
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    const PacketFormat format = scenario.config.Format();
    LinkResult link;
    link.counts = CountsOf(result);
    link.samples.reserve(scenario.flows.size());
    link.ownNs.resize(keepsOwn ? scenario.flows.size() : 0);
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
        const int64_t delayNs =
            std::max<int64_t>(0,
                              result.flows[i].receiverFctNs -
                                  IdealFctNs(scenario.fabric, route, flow.sizeBytes, format, scenario.config.mode));
        if (keepsOwn)
        {
            link.ownNs[i] = static_cast<double>(delayNs);
        }
        const auto packets = static_cast<double>(PacketCount(flow.sizeBytes, format.payloadBytes));
        link.samples.push_back({flow.sizeBytes, static_cast<float>(static_cast<double>(delayNs) / packets)});
    }
    return link;
}

void Write(const LinkResult& link, ShareWriter& writer)
{
    writer.Write(uint64_t{link.samples.size()});
    for (const DelaySample& sample : link.samples)
    {
        writer.Write(sample.sizeBytes);
        writer.Write(sample.delayNs);
    }
    writer.WriteEach<double>(link.ownNs);
    for (const uint64_t count :
         {link.unfinished, link.counts.retransmissions, link.counts.switchDrops, link.counts.linkLosses})
    {
        writer.Write(count);
    }
}

void Read(LinkResult& link, ShareReader& reader)
{
    link.samples.resize(reader.Integer());
    for (DelaySample& sample : link.samples)
    {
        sample.sizeBytes = reader.Integer();
        sample.delayNs = reader.Float();
    }
    link.ownNs = reader.Reals();
    for (uint64_t* count :
         {&link.unfinished, &link.counts.retransmissions, &link.counts.switchDrops, &link.counts.linkLosses})
    {
        *count = reader.Integer();
    }
}

} // namespace

ParsimonEstimate RunParsimon(const ParsimonInput& input)
{
    const LinkDecomposition network(input.fabric,
                                    input.routes,
                                    input.config,
                                    input.flows,
                                    input.scheduled ? &input.scheduled->keys : nullptr);
    const std::vector<LoadedLink>& links = network.Links();

    std::vector<LinkTraits> traits(links.size());
    InOrder(
        links.size(),
        input.threads,
        [&](std::size_t i) { return TraitsOf(input.fabric, input.flows, network, links[i]); },
        [&](std::size_t i, LinkTraits&& of) { traits[i] = std::move(of); });
    std::vector<uint32_t> standsFor(links.size());
    std::iota(standsFor.begin(), standsFor.end(), 0U);
    if (!input.scheduled)
    {
        standsFor = ClusterLinks(traits);
    }

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
    std::vector<double> ownNs(input.scheduled ? input.flows.size() : 0, 0); // over all links of each flow
    uint64_t done = 0;
    DealWork(
        input.share,
        simulated.size(),
        input.threads,
        [&](std::size_t i) { return SimulateLink(network.Scenario(links[simulated[i]]), input.scheduled != nullptr); },
        [&](std::size_t i, LinkResult&& result)
        {
            done += links[simulated[i]].flows.size();
            if (input.progress)
            {
                input.progress(input.flows.size() * done / work, input.flows.size());
            }
            return std::move(result);
        },
        [&](std::size_t i, LinkResult&& result)
        {
            const std::vector<uint32_t>& ofLink = links[simulated[i]].flows;
            for (std::size_t flow = 0; flow < ofLink.size() && input.scheduled; flow++)
            {
                ownNs[ofLink[flow]] += result.ownNs[flow];
                if (input.links && result.ownNs[flow] > 0)
                {
                    estimate.delays.push_back({ofLink[flow], links[simulated[i]].link, result.ownNs[flow]});
                }
            }
            delays[simulated[i]] = DelayBuckets(std::move(result.samples));
            estimate.unfinished += result.unfinished;
            estimate.counts += result.counts;
        });

    if (input.share && input.share->Rank() > 0)
    {
        return estimate;
    }
    std::vector<const DelayBuckets*> delaysOf(input.fabric.LinkCount(), nullptr);
    for (std::size_t i = 0; i < links.size(); i++)
    {
        delaysOf[links[i].link] = &delays[standsFor[i]];
    }
    const uint32_t payload = input.config.payloadBytes;
    RandomStream random(input.seed);
    estimate.fctNs.reserve(input.flows.size());
    estimate.idealNs.reserve(input.flows.size());
    for (uint32_t id = 0; id < input.flows.size(); id++)
    {
        const uint64_t size = input.flows[id].sizeBytes;
        estimate.idealNs.push_back(network.IdealNsOf(id));
        if (input.scheduled)
        {
            estimate.fctNs.push_back(network.IdealNsOf(id) + ownNs[id]);
            continue;
        }
        const auto packets = static_cast<double>(PacketCount(size, payload));
        double perPacket = 0;
        for (const LinkId link : network.RouteOf(id))
        {
            const double drawn = delaysOf[link]->Draw(size, random.Uniform());
            perPacket += drawn;
            if (input.links && drawn > 0)
            {
                estimate.delays.push_back({id, link, packets * drawn});
            }
        }
        estimate.fctNs.push_back(network.IdealNsOf(id) + packets * perPacket);
    }
    return estimate;
}

namespace
{

/// \param share processes that share the simulations; null: this one does all
ParsimonEstimate EstimateByLinks(const Scenario& scenario, const Question& question, EstimateShare* share = nullptr)
{
    const RdmaConfig config = ConfigOfReplication(scenario.Resolved());
    return RunParsimon({scenario.Fabric(),
                        scenario.Routes(),
                        config,
                        scenario.Flows(),
                        SeedOfReplication(question.seed),
                        ThreadCount(question.threads),
                        question.progress,
                        scenario.Scheduled(),
                        question.links,
                        share});
}

class ParsimonEngine : public Engine
{
  public:
    explicit ParsimonEngine(const EngineInfo& info)
        : Engine(info)
    {
        AddPassOptions();
    }

    bool CanShare() const override
    {
        return true;
    }

  private:
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
    {
        return ReportOf(scenario, question, EstimateByLinks(scenario, question, question.share));
    }

    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question) override
    {
        return TimesOf(scenario, EstimateByLinks(scenario, question));
    }

    std::vector<CompletionTime>
    DoRunBoth(const Scenario& scenario, const Question& question, std::optional<SlowdownReport>& report) override
    {
        const ParsimonEstimate estimate = EstimateByLinks(scenario, question);
        report = ReportOf(scenario, question, estimate);
        return TimesOf(scenario, estimate);
    }

    SlowdownReport ReportOf(const Scenario& scenario, const Question& question, const ParsimonEstimate& estimate) const
    {
        const FlowList& flows = scenario.Flows();
        SlowdownReport report(Info().name, question.sizeClasses);
        if (question.share && question.share->Rank() > 0)
        {
            return report;
        }
        std::vector<double> slowdowns;
        for (std::size_t id = 0; id < flows.size(); id++)
        {
            slowdowns.push_back(estimate.fctNs[id] / estimate.idealNs[id]);
            report.Add(question.sizeClasses.ClassOf(flows[id].sizeBytes), slowdowns.back());
        }
        report.AddNote(CountText(estimate.links) + " links carry flows; " +
                       (estimate.simulations == estimate.links
                            ? "each was simulated"
                            : CountText(estimate.simulations) + " were simulated and stand for links like them"));
        report.packetCounts = estimate.counts;
        if (question.links)
        {
            report.links = UsesOfRoutes(scenario);
            AddDelays(estimate.delays, slowdowns, *report.links);
            report.AddNote("of links, parsimon knows bytes and delay; it keeps no queues, pauses, marks and losses of "
                           "the links' simulations");
        }
        if (estimate.unfinished > 0)
        {
            report.AddNote(std::to_string(estimate.unfinished) +
                           " times a flow did not end in the simulation of a link and gave no delay");
        }
        report.Finish();
        return report;
    }

    static std::vector<CompletionTime> TimesOf(const Scenario& scenario, const ParsimonEstimate& estimate)
    {
        const FlowList& flows = scenario.Flows();
        RoutesOfFlows routes(scenario.Routes(), scenario.RouteKeys());
        Route route;
        std::vector<CompletionTime> times;
        times.reserve(flows.size());
        for (std::size_t id = 0; id < flows.size(); id++)
        {
            routes.Next(flows[id].src, flows[id].dst, route, flows[id].dstPort);
            times.push_back(TimeOf(scenario, estimate.fctNs[id] / estimate.idealNs[id], estimate.idealNs[id], route));
        }
        return times;
    }
};

} // namespace

std::vector<EngineEntry> ParsimonEngines()
{
    EngineInfo info;
    info.name = "parsimon";
    info.text = "every link by itself, packet-level; a flow's delays on its links are added up";
    info.takes = PACKET_TRAITS;
    // a lost packet delays a flow on a link as if each of its packets were: quantiles of size classes are too high
    info.partly = {Trait::LINK_ERRORS, Trait::DEPENDENCIES};
    info.usesThreads = true;
    return {MakeEngineEntry<ParsimonEngine>(info)};
}

} // namespace ns3::m3
